import type { OrderId } from '#libs/domain/order/order-id';

import type { Database } from '../database/database.js';
import type { DisputeRecord } from '../orders/order-record.js';

/** Reads shoppers' complaints at their banks; they are written with the changes of their order (`OrderChange.dispute`). */
export class DisputeRepository {
  constructor(private readonly db: Database) {}

  /** Oldest first. */
  async ofOrder(id: OrderId): Promise<DisputeRecord[]> {
    return this.db.$queryRaw<DisputeRecord[]>`
      SELECT id, status, amount FROM dispute WHERE order_id = ${id}::uuid ORDER BY opened_at, id`;
  }
}
