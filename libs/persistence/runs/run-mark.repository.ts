// Raw SQL: many orders and events are marked by one statement, which waits for no other.
import type { OrderId } from '#libs/domain/order/order-id';

import type { Database } from '../database/database.js';
import { CARRIER } from '../fulfilment/inbox.sql.js';

/** What is known to have reached a run. */
export interface ReachedRuns {
  /** Orders whose first run exists. */
  readonly orders: readonly OrderId[];
  /** The carrier's events that were signalled. */
  readonly eventIds: readonly string[];
}

/** Marks what a run has received, so that the sweeper does not repeat it. */
export class RunMarkRepository {
  constructor(private readonly db: Database) {}

  /**
   * Marks all of these at once. A row that another statement changes just now is left out, so that none of them can wait
   * for another: the sweeper finds it, repeats the call and marks it.
   */
  async mark({ orders, eventIds }: ReachedRuns): Promise<void> {
    await this.db.$executeRaw`
      WITH unmarked AS (
        SELECT id FROM orders WHERE id = ANY(${[...orders]}::uuid[]) AND run = 1 AND started_at IS NULL
        FOR NO KEY UPDATE SKIP LOCKED),
      started AS (UPDATE orders o SET started_at = now() FROM unmarked u WHERE o.id = u.id),
      unsignalled AS (
        SELECT id FROM inbox_event
        WHERE provider = ${CARRIER} AND event_id = ANY(${[...eventIds]}::text[]) AND signalled_at IS NULL
        FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE inbox_event i SET signalled_at = now() FROM unsignalled u WHERE i.id = u.id`;
  }
}
