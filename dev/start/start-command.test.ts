import { expect, test } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { START, startOptions } from './start-command.js';

const parse = (argv: readonly string[]) => startOptions(parseCommandLine(START, argv));

test('every part is started, with the data it kept, when there is no option', () => {
  expect(parse([])).toEqual({ fresh: false, without: new Set() });
});

test('several parts can be left out', () => {
  const { fresh, without } = parse(['--fresh', '--without', 'worker', '--without=api']);
  expect(fresh).toBe(true);
  expect([...without]).toEqual(['worker', 'api']);
});

test.each([
  ['an unknown part', ['--without', 'wroker'], '--without is wroker, and must be one of postgres'],
  ['an unknown flag', ['--frsh'], "Unknown option '--frsh'"],
  ['a part that is not named', ['--without'], '--without'],
  ['a word by itself', ['worker'], "'worker'"],
])('%s is refused with what there is', (_, argv, message) => {
  expect(() => parse(argv)).toThrow(UsageError);
  expect(() => parse(argv)).toThrow(message);
  expect(() => parse(argv)).toThrow(
    'Parts: postgres, migrations, catalogue, temporal, sandbox, mail, api, worker',
  );
});
