import { defineCommand, type OptionValues } from '#libs/command/command-line';
import { flag, listOf, optional, text, wholeNumber, withDefault } from '#libs/command/option';

/** Beyond these limits the machine's memory is measured, not an order. */
export const BENCH = defineCommand({
  name: 'npm run bench --',
  about: ['Measures what an order costs, on a system of its own. Linux only; about five minutes.'],
  options: {
    orders: withDefault(
      wholeNumber(1, 20_000),
      '500',
      'orders, and bare workflows, in each of the three rounds',
    ),
    concurrency: withDefault(wholeNumber(1, 500), '50', 'how many run at once'),
    workers: optional(
      listOf(wholeNumber(1, 8)),
      'instead of what an order costs, measure what so many workers do, one count after the other',
    ),
    traces: flag('export traces, to a collector that keeps nothing'),
    json: optional(text('FILE'), 'write the figures there, instead of after the table'),
  },
});

export type BenchOptions = OptionValues<typeof BENCH.options>;
