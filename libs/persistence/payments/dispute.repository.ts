import type { OrderId } from '#libs/domain/order/order-id';

import type { Database } from '../database/database.js';
import type { DisputeRecord } from '../orders/order-record.js';

/** Reads shoppers' disputes; they are written with the changes of their order (`OrderChange.dispute`). */
export class DisputeRepository {
  constructor(private readonly db: Database) {}

  /** Oldest first. */
  async ofOrder(id: OrderId): Promise<DisputeRecord[]> {
    const disputes = await this.db.dispute.findMany({
      where: { orderId: id },
      orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
      select: { id: true, status: true, amount: true },
    });
    return disputes.map((dispute) => ({ ...dispute, amount: Number(dispute.amount) }));
  }
}
