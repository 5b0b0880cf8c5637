// Raw SQL: the sweeper compares with the database's clock.
import { CANCELLATION_OUTCOMES, type CancellationOutcome } from '#libs/domain/order/cancellation';
import type { Actor } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';

import type { Database } from '../database/database.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';

/** The state of a cancellation request. Times are RFC 3339. */
export interface CancellationRecord extends CancellationOutcome {
  readonly requestedBy: Actor;
  readonly requestedAt: string;
  readonly decidedAt: string | null;
}

/** A request to signal to the order's run. The run may have to be started for that, under this policy. */
export interface CancellationRequest {
  readonly orderId: OrderId;
  readonly by: Actor;
  readonly policy: OrderPolicy;
}

type Row = Omit<CancellationRecord, 'requestedAt' | 'decidedAt'> & {
  readonly requestedAt: Date;
  readonly decidedAt: Date | null;
};

/** Cancellation requests: one for each order. They are decided with the changes of their order's status. */
export class CancellationRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
  ) {}

  async find(orderId: OrderId): Promise<CancellationRecord | null> {
    const [row] = await this.db.$queryRaw<Row[]>`
      SELECT state, code, requested_by AS "requestedBy", requested_at AS "requestedAt", decided_at AS "decidedAt"
      FROM cancellation WHERE order_id = ${orderId}::uuid`;
    if (!row) return null;
    const { requestedAt, decidedAt, ...rest } = row;
    return {
      ...rest,
      requestedAt: requestedAt.toISOString(),
      decidedAt: decidedAt?.toISOString() ?? null,
    };
  }

  /**
   * Stores the cancellation request, with its outcome where the order's status decides it already.
   *
   * @returns false when the order had a request before
   */
  async request(order: OrderRecord, by: Actor): Promise<boolean> {
    return this.orders.change(order, ({ status }) => {
      const { state, code } = CANCELLATION_OUTCOMES[status];
      return {
        event: { type: `cancellation.${state}`, actor: by, details: { code: code ?? undefined } },
        cancellation: { state, code, requestedBy: by },
      };
    });
  }

  /** Undecided requests that no run is known to have received. @param olderThan milliseconds */
  async unsignalled(olderThan: number, limit: number): Promise<CancellationRequest[]> {
    return this.db.$queryRaw<CancellationRequest[]>`
      SELECT w.order_id::text AS "orderId", w.requested_by AS by, o.policy
      FROM cancellation w JOIN orders o ON o.id = w.order_id
      WHERE w.signalled_at IS NULL AND w.decided_at IS NULL
        AND w.requested_at < now() - ${olderThan} * interval '1 millisecond'
      ORDER BY w.requested_at LIMIT ${limit}`;
  }

  async markSignalled(orderId: OrderId): Promise<void> {
    await this.db.cancellation.updateMany({ where: { orderId }, data: { signalledAt: new Date() } });
  }
}
