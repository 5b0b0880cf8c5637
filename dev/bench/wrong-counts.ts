import type { Load } from './measured-parts.js';
import type { OrderCounts } from './order-counts.js';

export interface Counts {
  readonly load: Load;
  readonly count: number;
  readonly before: OrderCounts;
  readonly after: OrderCounts;
  /** Received between the two counts. */
  readonly mails: number;
}

/** How many rows each order makes; a bare workflow makes none. */
const ROWS_OF_AN_ORDER: readonly (readonly [name: keyof OrderCounts, each: number])[] = [
  ['orders', 1],
  ['delivered', 1],
  ['closed', 1],
  ['captured', 1],
  ['shipments', 1],
  ['attention', 0],
];
/** The mail that a parcel is on its way is left out where the parcel arrives before it could be sent. */
const FEWEST_MAILS = 2;
const MOST_MAILS = 3;

/** A line for each count that is not as expected; none when all are right. */
export function wrongCounts({ load, count, before, after, mails }: Counts): string[] {
  const placed = load === 'orders' ? count : 0;
  return [
    ...ROWS_OF_AN_ORDER.map(([name, each]) => ({
      name,
      expected: each * placed,
      found: after[name] - before[name],
    })),
    {
      name: 'mails',
      expected: Math.min(Math.max(mails, FEWEST_MAILS * placed), MOST_MAILS * placed),
      found: mails,
    },
  ]
    .filter(({ expected, found }) => expected !== found)
    .map(({ name, expected, found }) => `${name}: ${found}, expected ${expected}`);
}
