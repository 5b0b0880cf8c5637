// Raw SQL: the sweeper compares with the database's clock.
import type { Actor } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import { chargeKey, voidKey } from '#libs/domain/payment/payment-keys';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';
import type { EffectRepository } from '../effects/effect.repository.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';

/** A further attempt to pay that the order's run is to make. */
export interface PaymentAttempt {
  readonly orderId: OrderId;
  /** From 2: the first one is made with the order. */
  readonly attempt: number;
}

export type AttemptResult = PaymentAttempt | 'not_possible' | 'key_taken';

/** Further attempts to pay, with other methods, after one was declined. */
export class PaymentAttemptRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
    private readonly effects: EffectRepository,
  ) {}

  /** Stores another attempt, once for each request key, where the order waits for one and none is being made. */
  async request(
    order: OrderRecord,
    request: ScopedIdempotencyKey,
    { method, by }: { method: string; by: Actor },
  ): Promise<AttemptResult> {
    const asked: { attempt: PaymentAttempt | null } = { attempt: null };
    const written = await this.orders.change(order, async (current) => {
      asked.attempt = null;
      if (!(await this.waits(current))) return null;
      const attempt = current.attempt + 1;
      asked.attempt = { orderId: current.id, attempt };
      return {
        attempt: { number: attempt, method, requestedBy: by },
        event: { type: 'payment.attempt_requested', actor: by, details: { attempt } },
        request: { key: request, makes: String(attempt) },
      };
    });
    if (asked.attempt === null) return 'not_possible';
    return written ? asked.attempt : 'key_taken';
  }

  /** Attempts that no run is known to have received. @param olderThan milliseconds */
  async unsignalled(olderThan: number, limit: number): Promise<PaymentAttempt[]> {
    return this.db.$queryRaw<PaymentAttempt[]>`
      SELECT order_id::text AS "orderId", attempt FROM payment_attempt
      WHERE signalled_at IS NULL AND requested_at < now() - ${olderThan} * interval '1 millisecond'
      ORDER BY requested_at, attempt LIMIT ${limit}`;
  }

  async markSignalled({ orderId, attempt }: PaymentAttempt): Promise<void> {
    await this.db.paymentAttempt.updateMany({
      where: { orderId, attempt },
      data: { signalledAt: new Date() },
    });
  }

  /** Whether the order waits for another method: a sync may have booked a decline before the attempt is over. */
  private async waits(order: OrderRecord): Promise<boolean> {
    if (order.status !== 'pending' || order.payment !== 'declined' || order.closedAt !== null) return false;
    if (order.customer === null) return false;
    if (order.policy.declineWindow <= 0) return false;
    const last = await this.effects.find(chargeKey(order.id, order.attempt));
    if (last?.state !== 'done' && last?.state !== 'refused') return false;
    return (await this.effects.find(voidKey(order.id))) === null;
  }
}
