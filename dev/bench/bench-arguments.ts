import { parseArgs } from 'node:util';

import { UsageError } from '../command/arguments.js';

export interface BenchArguments {
  /** Of each round, orders and bare workflows alike. */
  readonly orders: number;
  /** How many are under way at once. */
  readonly concurrency: number;
  /** Where the figures go as JSON; left out, they follow the table. */
  readonly json: string | undefined;
}

const OPTIONS = {
  orders: { type: 'string', default: '500' },
  concurrency: { type: 'string', default: '50' },
  json: { type: 'string' },
} as const;

/** What one run may ask for: beyond it the machine's memory is measured, not an order. */
const MOST = { orders: 20_000, concurrency: 500 } as const;

/** How `npm run bench` is used. */
export const USAGE = [
  'Usage: npm run bench -- [--orders N] [--concurrency N] [--json FILE]',
  'Measures what an order costs, on a system of its own. Linux only; about five minutes.',
  '  --orders N        orders, and bare workflows, in each of the three rounds; by default 500',
  '  --concurrency N   how many are under way at once; by default 50',
  '  --json FILE       write the figures there, instead of after the table',
].join('\n');

/** @throws UsageError that says what there is */
export function benchArguments(argv: readonly string[]): BenchArguments {
  const { orders, concurrency, json } = flags(argv);
  return { orders: count('orders', orders), concurrency: count('concurrency', concurrency), json };
}

function count(name: keyof typeof MOST, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= MOST[name]) return number;
  throw new UsageError(`--${name} is ${value}, and must be 1 to ${MOST[name]}.\n${USAGE}`);
}

function flags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence}.\n${USAGE}`);
  }
}
