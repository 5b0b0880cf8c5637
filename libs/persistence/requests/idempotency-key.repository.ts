import { orderId, type OrderId } from '#libs/domain/order/order-id';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';

/** A request that had its effect under a key. The key is stored with the effect, by whoever stores that. */
export interface EarlierRequest {
  /** Null once it is forgotten, with the person the request told of. */
  readonly requestHash: string | null;
  /** Null where it is not of an order. */
  readonly orderId: OrderId | null;
  /** What it made, where that is not the order itself. */
  readonly resourceId: string | null;
}

/** Keys under which requests had their effect. */
export class IdempotencyKeyRepository {
  constructor(private readonly db: Database) {}

  /** What an earlier request under the same key asked for, and what it made. */
  async find({
    principal,
    operation,
    key,
  }: Omit<ScopedIdempotencyKey, 'requestHash'>): Promise<EarlierRequest | null> {
    const found = await this.db.idempotencyKey.findUnique({
      where: { principal_operation_key: { principal, operation, key } },
      select: { requestHash: true, orderId: true, resourceId: true },
    });
    return found && { ...found, orderId: found.orderId === null ? null : orderId(found.orderId) };
  }
}
