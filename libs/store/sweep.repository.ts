import type { OrderId } from '#libs/order/order-id';
import type { OrderPolicy } from '#libs/order/policy';

import type { Database } from './database.js';

/** What may have been forgotten between storing and telling. */
export class SweepRepository {
  constructor(private readonly db: Database) {}

  /** Orders whose run is not known to exist. @param olderThan milliseconds since acceptance */
  async neverStarted(olderThan: number, limit: number): Promise<{ id: OrderId; policy: OrderPolicy }[]> {
    return this.db.$queryRaw<{ id: OrderId; policy: OrderPolicy }[]>`
      SELECT id::text AS id, policy FROM orders
      WHERE started_at IS NULL AND created_at < now() - ${olderThan} * interval '1 millisecond'
      ORDER BY created_at LIMIT ${limit}`;
  }

  /**
   * Open orders that have shown no sign of life although nothing says what they wait for: the ones whose run
   * may be gone. An order in a wait is left alone until the wait's deadline.
   *
   * @param quietFor milliseconds
   */
  async quiet(quietFor: number, limit: number): Promise<OrderId[]> {
    const rows = await this.db.$queryRaw<{ id: OrderId }[]>`
      SELECT o.id::text AS id FROM orders o
      WHERE o.closed_at IS NULL AND o.started_at IS NOT NULL
        AND o.updated_at < now() - ${quietFor} * interval '1 millisecond'
        AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM order_wait w WHERE w.order_id = o.id
          AND COALESCE(w.next_try_at, w.deadline) > now() - ${quietFor} * interval '1 millisecond')
      ORDER BY o.updated_at LIMIT ${limit}`;
    return rows.map((row) => row.id);
  }
}
