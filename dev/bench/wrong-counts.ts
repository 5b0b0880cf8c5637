import type { BooksRow } from './books.js';
import type { Load } from './measured-parts.js';

export interface Counts {
  readonly load: Load;
  readonly count: number;
  readonly before: BooksRow;
  readonly after: BooksRow;
  /** Taken meanwhile. */
  readonly mails: number;
}

/** What each order leaves behind, once; a bare workflow leaves nothing. */
const LEFT_BY_AN_ORDER: readonly (readonly [name: keyof BooksRow, each: number])[] = [
  ['orders', 1],
  ['delivered', 1],
  ['closed', 1],
  ['captured', 1],
  ['shipments', 1],
  ['attention', 0],
];
/** That its parcel is on its way is told unless it arrives sooner than that could be. */
const FEWEST_MAILS = 2;
const MOST_MAILS = 3;

/** A line for each count that is not what the round must have left; none when all is well. */
export function wrongCounts({ load, count, before, after, mails }: Counts): string[] {
  const placed = load === 'orders' ? count : 0;
  return [
    ...LEFT_BY_AN_ORDER.map(([name, each]) => ({
      name,
      wanted: each * placed,
      found: after[name] - before[name],
    })),
    {
      name: 'mails',
      wanted: Math.min(Math.max(mails, FEWEST_MAILS * placed), MOST_MAILS * placed),
      found: mails,
    },
  ]
    .filter(({ wanted, found }) => wanted !== found)
    .map(({ name, wanted, found }) => `${name}: ${found}, and ${wanted} were to be there`);
}
