import { orderId, type OrderId } from '#libs/domain/order/order-id';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';

/** A request that had its effect under a key. The key is stored in the transaction of the effect. */
export interface EarlierRequest {
  /** Null once the person that the request named is erased. */
  readonly requestHash: string | null;
  /** Null where it is not of an order. */
  readonly orderId: OrderId | null;
  /** What it made, where that is not the order itself. */
  readonly resourceId: string | null;
}

/** Keys under which requests had their effect. */
export class IdempotencyKeyRepository {
  constructor(private readonly db: Database) {}

  /** An earlier request under the same key, and what it created. */
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
