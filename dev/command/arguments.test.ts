import { expect, test } from 'vitest';

import { parseArguments, UsageError } from './arguments.js';

test('everything is brought up, as it was left, when nothing is said', () => {
  expect(parseArguments([])).toEqual({ fresh: false, without: new Set() });
});

test('several parts can be left out', () => {
  const { fresh, without } = parseArguments(['--fresh', '--without', 'worker', '--without=api']);
  expect(fresh).toBe(true);
  expect([...without]).toEqual(['worker', 'api']);
});

test.each([
  ['an unknown part', ['--without', 'wroker'], 'There is no part named wroker.'],
  ['an unknown flag', ['--frsh'], "Unknown option '--frsh'"],
  ['a part that is not named', ['--without'], '--without'],
  ['a word by itself', ['worker'], "'worker'"],
])('%s is refused with what there is', (_, argv, message) => {
  expect(() => parseArguments(argv)).toThrow(UsageError);
  expect(() => parseArguments(argv)).toThrow(message);
  expect(() => parseArguments(argv)).toThrow(
    'Parts: postgres, migrations, catalogue, temporal, sandbox, mail, api, worker',
  );
});
