import type { OrderId } from '#libs/domain/order/order-id';
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
    const rows = await this.db.$queryRaw<EarlierRequest[]>`
      SELECT request_hash AS "requestHash", order_id::text AS "orderId", resource_id AS "resourceId" FROM idempotency_key
      WHERE principal = ${principal} AND operation = ${operation} AND key = ${key}`;
    return rows[0] ?? null;
  }
}
