import { expect, it } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { FUZZ } from './fuzz-command.js';

const parse = (argv: readonly string[]) => parseCommandLine(FUZZ, argv).options;

it('makes a thousand cases, of a new seed, by default', () => {
  expect(parse([])).toEqual({ cases: 1_000, seed: undefined });
});

it('makes as many cases as requested, of the given seed', () => {
  expect(parse(['--cases', '10000', '--seed=7'])).toEqual({ cases: 10_000, seed: 7 });
});

it.each([['--cases', '0'], ['--cases', 'many'], ['--seed', '-1'], ['--seed', ''], ['--quick'], ['now']])(
  'refuses %j %j',
  (...argv) => {
    expect(() => parse(argv)).toThrow(UsageError);
  },
);
