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
      WHERE started_at IS NULL AND closed_at IS NULL AND created_at < now() - ${olderThan} * interval '1 millisecond'
      ORDER BY created_at LIMIT ${limit}`;
  }

  /**
   * Open orders whose run is to be looked at, in case it is gone: two minutes after acceptance, then hourly
   * while something explains why they are open, else every two minutes. Each is handed to one caller.
   */
  async toLookAt(limit: number): Promise<OrderId[]> {
    const rows = await this.db.$queryRaw<{ id: OrderId }[]>`
      UPDATE orders o SET look_at = now() + CASE
        WHEN EXISTS (SELECT 1 FROM order_wait w WHERE w.order_id = o.id)
          OR EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)
        THEN interval '1 hour' ELSE interval '2 minutes' END
      WHERE o.id IN (
        SELECT id FROM orders WHERE closed_at IS NULL AND started_at IS NOT NULL AND look_at < now()
        ORDER BY look_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING o.id::text AS id`;
    return rows.map((row) => row.id);
  }
}
