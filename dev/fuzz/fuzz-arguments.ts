import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { UsageError } from '../command/arguments.js';

export interface FuzzArguments {
  /** How many requests are made with a key, at least, and how many without. */
  readonly cases: number;
  /** What they are drawn from. */
  readonly seed: number;
}

/** How `npm run fuzz` is used. */
export const USAGE = `Usage: npm run fuzz -- [--cases N] [--seed N]
Asks the API for what its document allows and for what it does not, on a system of its own.
  --cases N  how many requests are made with a key, at least, and how many without, 1 to 100000; by default 1000
  --seed N   what they are drawn from, 0 to 2147483647; by default a new one each time`;

const LARGEST_SEED = 2 ** 31 - 1;

/** @throws UsageError that says what there is */
export function fuzzArguments(argv: readonly string[]): FuzzArguments {
  const { cases, seed } = flags(argv);
  return {
    cases: cases === undefined ? 1_000 : whole('cases', cases, 1, 100_000),
    seed: seed === undefined ? randomInt(LARGEST_SEED) : whole('seed', seed, 0, LARGEST_SEED),
  };
}

function flags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: { cases: { type: 'string' }, seed: { type: 'string' } } })
      .values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence}.\n${USAGE}`);
  }
}

function whole(name: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= least && number <= most) return number;
  throw new UsageError(
    `--${name} is ${value || 'empty'}, and must be a whole number from ${least} to ${most}.\n${USAGE}`,
  );
}
