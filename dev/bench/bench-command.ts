import { type CommandLine, defineCommand, type OptionValues, usageError } from '#libs/command/command-line';
import { flag, listOf, oneOf, optional, text, wholeNumber, withDefault } from '#libs/command/option';

/** Temporal's server: the dev server on a file, or the real one on PostgreSQL. */
export const ENGINES = ['dev', 'postgres'] as const;
export type Engine = (typeof ENGINES)[number];

/** The most open orders that have a run: each is placed, charged and labelled, which takes CPU. */
const MOST_RUNS = 10_000;

/** Beyond these limits the machine's memory is measured, not an order. */
export const BENCH = defineCommand({
  name: 'npm run bench --',
  about: [
    'Measures what an order costs, on a system of its own. Linux only; about five minutes. Six options measure something',
    'else instead, one at a time: --workers, --open-orders, --stored-orders, --minutes, --hot-sku,',
    '--event-streams.',
  ],
  options: {
    orders: withDefault(
      wholeNumber(1, 20_000),
      '500',
      'orders, and bare workflows, in each of the three rounds',
    ),
    concurrency: withDefault(wholeNumber(1, 500), '50', 'how many run at once'),
    engine: withDefault(
      oneOf('ENGINE', ENGINES),
      'dev',
      'Temporal’s dev server, or postgres: its real server on PostgreSQL, built with Go once',
    ),
    traces: flag('export traces, to a collector that keeps nothing'),
    json: optional(text('FILE'), 'write the figures there, instead of after the table'),
    workers: optional(listOf(wholeNumber(1, 8)), 'what so many workers do, one count after the other'),
    'open-orders': optional(
      wholeNumber(1_001, 1_000_000),
      'what an order costs beside so many open orders, and beside 1000',
    ),
    'open-runs': withDefault(
      wholeNumber(0, MOST_RUNS),
      String(MOST_RUNS),
      'how many of the open orders have a run at most; the others are rows',
    ),
    'stored-orders': optional(
      wholeNumber(1_000, 5_000_000),
      'how long each list and look-up of the API takes among so many stored orders',
    ),
    minutes: optional(
      wholeNumber(1, 24 * 60),
      'what memory the API and the worker have while orders come for so long',
    ),
    rate: withDefault(wholeNumber(1, 50), '2', 'orders a second, for --minutes'),
    'hot-sku': optional(
      wholeNumber(2, 5_000),
      'how fast so many buyers at once reserve one product, and as many products',
    ),
    'event-streams': optional(
      wholeNumber(1, 10_000),
      'what CPU and connections the API uses while so many event streams are open',
    ),
  },
});

export type BenchOptions = OptionValues<typeof BENCH.options>;

/** What is measured instead of the cost of an order, by the option that asks for it. */
const MEASUREMENTS = [
  'workers',
  'open-orders',
  'stored-orders',
  'minutes',
  'hot-sku',
  'event-streams',
] as const;
export type Measurement = (typeof MEASUREMENTS)[number] | 'cost';

/** The options that each measurement has, beside its own and --json. */
const TAKEN: Readonly<Record<Measurement, readonly (keyof BenchOptions)[]>> = {
  cost: ['orders', 'concurrency', 'engine', 'traces'],
  workers: ['orders', 'concurrency', 'engine', 'traces'],
  'open-orders': ['open-runs', 'orders', 'concurrency', 'engine'],
  'stored-orders': [],
  minutes: ['rate', 'engine', 'traces'],
  'hot-sku': [],
  'event-streams': [],
};

/** @throws UsageError where options do not go together */
export function measurementOf({ given }: CommandLine<typeof BENCH.options>): Measurement {
  const [asked = 'cost', other] = MEASUREMENTS.filter((name) => given.includes(name));
  if (other) throw usageError(BENCH, `--${asked} and --${other} are measured by separate runs.`);
  const allowed = new Set<keyof BenchOptions>([...TAKEN[asked], 'json', ...MEASUREMENTS]);
  const wrong = given.find((name) => !allowed.has(name));
  if (wrong === undefined) return asked;
  const takers = MEASUREMENTS.filter((name) => TAKEN[name].includes(wrong));
  throw usageError(
    BENCH,
    asked === 'cost'
      ? `--${wrong} is for ${takers.map((name) => `--${name}`).join(', ')}.`
      : `--${asked} does not go with --${wrong}.`,
  );
}
