import { type CommandLine, defineCommand, type OptionValues, usageError } from '#libs/command/command-line';
import { flag, listOf, optional, text, wholeNumber, withDefault } from '#libs/command/option';

/** Beyond these limits the machine's memory is measured, not an order. */
export const BENCH = defineCommand({
  name: 'npm run bench --',
  about: [
    'Measures what an order costs, on a system of its own. Linux only; about five minutes. Two options measure something',
    'else instead, one at a time: --workers, --hot-sku.',
  ],
  options: {
    orders: withDefault(
      wholeNumber(1, 20_000),
      '500',
      'orders, and bare workflows, in each of the three rounds',
    ),
    concurrency: withDefault(wholeNumber(1, 500), '50', 'how many run at once'),
    traces: flag('export traces, to a collector that keeps nothing'),
    json: optional(text('FILE'), 'write the figures there, instead of after the table'),
    workers: optional(listOf(wholeNumber(1, 8)), 'what so many workers do, one count after the other'),
    'hot-sku': optional(
      wholeNumber(2, 5_000),
      'how fast so many buyers at once reserve one product, and as many products',
    ),
  },
});

export type BenchOptions = OptionValues<typeof BENCH.options>;

/** What is measured instead of the cost of an order, by the option that asks for it. */
const MEASUREMENTS = ['workers', 'hot-sku'] as const;
export type Measurement = (typeof MEASUREMENTS)[number] | 'cost';

/** The options that each measurement has, beside its own and --json. */
const TAKEN: Readonly<Record<Measurement, readonly (keyof BenchOptions)[]>> = {
  cost: ['orders', 'concurrency', 'traces'],
  workers: ['orders', 'concurrency', 'traces'],
  'hot-sku': [],
};

/** @throws UsageError where options do not go together */
export function measurementOf({ given }: CommandLine<typeof BENCH.options>): Measurement {
  const [asked = 'cost', other] = MEASUREMENTS.filter((name) => given.includes(name));
  if (other) throw usageError(BENCH, `--${asked} and --${other} are measured by separate runs.`);
  const allowed = new Set<keyof BenchOptions>([...TAKEN[asked], 'json', ...MEASUREMENTS]);
  const wrong = given.find((name) => !allowed.has(name));
  if (wrong === undefined) return asked;
  throw usageError(BENCH, `--${asked} does not go with --${wrong}.`);
}
