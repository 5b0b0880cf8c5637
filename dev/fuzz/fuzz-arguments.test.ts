import { expect, it } from 'vitest';

import { UsageError } from '../command/arguments.js';
import { fuzzArguments } from './fuzz-arguments.js';

it('makes a thousand cases, of a seed nobody chose', () => {
  const { cases, seed } = fuzzArguments([]);
  expect(cases).toBe(1_000);
  expect(Number.isInteger(seed)).toBe(true);
});

it('makes as many as it is told, of the seed it is told', () => {
  expect(fuzzArguments(['--cases', '10000', '--seed=7'])).toEqual({ cases: 10_000, seed: 7 });
});

it.each([['--cases', '0'], ['--cases', 'many'], ['--seed', '-1'], ['--seed', ''], ['--quick'], ['now']])(
  'refuses %j %j',
  (...argv) => {
    expect(() => fuzzArguments(argv)).toThrow(UsageError);
  },
);
