// Raw SQL: the sweeper compares with the database's clock.
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { NewRefund, RefundLine, RefundReason, RefundState } from '#libs/domain/refund/refund';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';
import type { RunRepository } from '../runs/run.repository.js';

/** The state of a refund. Amounts are minor units, times RFC 3339. */
export interface RefundRecord {
  readonly id: string;
  readonly orderId: OrderId;
  readonly amount: number;
  readonly reason: RefundReason;
  readonly restock: boolean;
  readonly lines: readonly RefundLine[];
  readonly state: RefundState;
  /** The provider's. */
  readonly providerId: string | null;
  /** Why it failed, a code. */
  readonly failure: string | null;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly settledAt: string | null;
}

/** A refund whose run is to be started, under its order's rules. */
export interface UnstartedRefund {
  readonly id: string;
  readonly orderId: OrderId;
  readonly policy: OrderPolicy;
}

type Row = Omit<RefundRecord, 'requestedAt' | 'settledAt'> & {
  readonly requestedAt: Date;
  readonly settledAt: Date | null;
};

/** Refunds. Their outcomes are written with the changes of their order (`OrderChange.refund`). */
export class RefundRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
    private readonly runs: RunRepository,
  ) {}

  /**
   * Stores and books a refund, once for each request key. It is decided on the order and its refunds as they are
   * when it is written, so that together they never exceed the money there is.
   *
   * @param decide may throw, when there can be no such refund
   * @returns false when the key was used before
   */
  async request(
    order: OrderRecord,
    request: ScopedIdempotencyKey,
    { id, requestedBy }: Pick<NewRefund, 'id' | 'requestedBy'>,
    decide: (
      order: OrderRecord & { readonly hasNoRun: boolean },
      earlier: readonly RefundRecord[],
    ) => Omit<NewRefund, 'id' | 'requestedBy'>,
  ): Promise<boolean> {
    return this.orders.change(order, async (current) => {
      const hasNoRun = await this.runs.isGone(current.id);
      const refund = decide({ ...current, hasNoRun }, await this.ofOrder(current.id));
      const { amount, reason, restock } = refund;
      return {
        posts: [{ kind: 'refund_requested', objectId: id, amount }],
        event: {
          type: 'refund.requested',
          actor: requestedBy,
          details: { refund: id, amount, reason, restock: restock || undefined },
        },
        request: { key: request, makes: id },
        refund: { is: 'requested', ...refund, id, requestedBy },
      };
    });
  }

  async find(id: string): Promise<RefundRecord | null> {
    return (await this.select(Prisma.sql`id = ${id}::uuid`))[0] ?? null;
  }

  /** Oldest first. */
  async ofOrder(id: OrderId): Promise<RefundRecord[]> {
    return this.select(Prisma.sql`order_id = ${id}::uuid`);
  }

  /**
   * Refunds whose run is to be started: it is not known to exist, or to have been there in the last hour, though
   * the refund is not settled. @param olderThan milliseconds
   */
  async toStart(olderThan: number, limit: number): Promise<UnstartedRefund[]> {
    return this.db.$queryRaw<UnstartedRefund[]>`
      SELECT r.id::text AS id, r.order_id::text AS "orderId", o.policy FROM refund r JOIN orders o ON o.id = r.order_id
      WHERE r.started_at IS NULL AND r.requested_at < now() - ${olderThan} * interval '1 millisecond'
        OR r.settled_at IS NULL AND r.started_at < now() - interval '1 hour'
      ORDER BY r.requested_at LIMIT ${limit}`;
  }

  /** Remembers that its run is known to exist. */
  async markStarted(id: string): Promise<void> {
    await this.db.$executeRaw`UPDATE refund SET started_at = now() WHERE id = ${id}::uuid`;
  }

  private async select(condition: Prisma.Sql): Promise<RefundRecord[]> {
    const rows = await this.db.$queryRaw<Row[]>`
      SELECT id::text AS id, order_id::text AS "orderId", amount, reason, restock, lines, state,
        provider_id AS "providerId", failure, requested_by AS "requestedBy", requested_at AS "requestedAt",
        settled_at AS "settledAt"
      FROM refund WHERE ${condition} ORDER BY requested_at, id`;
    return rows.map((row) => ({
      ...row,
      requestedAt: row.requestedAt.toISOString(),
      settledAt: row.settledAt?.toISOString() ?? null,
    }));
  }
}
