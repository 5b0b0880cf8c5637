// Raw SQL: the sweeper compares with the database's clock, in the order of an index.
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';

import type { Database } from '../database/database.js';

/** An order whose last run is to be started. */
export interface UnstartedRun {
  readonly id: OrderId;
  readonly policy: OrderPolicy;
  readonly run: number;
}

/** Rows that were stored, and perhaps never signalled. */
export class SweepRepository {
  constructor(private readonly db: Database) {}

  /** Orders whose last run is not known to exist. @param olderThan milliseconds since acceptance */
  async neverStarted(olderThan: number, limit: number): Promise<UnstartedRun[]> {
    return this.db.$queryRaw<UnstartedRun[]>`
      SELECT id::text AS id, policy, run FROM orders
      WHERE started_at IS NULL AND closed_at IS NULL AND created_at < now() - ${olderThan} * interval '1 millisecond'
      ORDER BY created_at LIMIT ${limit}`;
  }
}
