import { expect, it } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { FUZZ } from './fuzz-command.js';

const parse = (argv: readonly string[]) => parseCommandLine(FUZZ, argv).options;

it('makes a thousand cases, of a new seed, by default', () => {
  expect(parse([])).toEqual({ cases: 1_000, keyless: undefined, seed: undefined });
});

it('makes as many cases as requested, of the given seed', () => {
  const asked = ['--cases', '10000', '--keyless', '100', '--seed=7'];
  expect(parse(asked)).toEqual({ cases: 10_000, keyless: 100, seed: 7 });
});

it.each([['--cases', '0'], ['--cases', 'many'], ['--seed', '-1'], ['--seed', ''], ['--quick'], ['now']])(
  'refuses %j %j',
  (...argv) => {
    expect(() => parse(argv)).toThrow(UsageError);
  },
);
