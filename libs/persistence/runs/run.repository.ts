// Raw SQL: whether a run is known to be gone is read from several tables at once.
import { HOLDS_UP_A_STEP } from '#libs/domain/order/attention';
import type { Actor } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { ResumeFacts, StepAnswer } from '#libs/domain/order/resume-point';
import { intentKey, voidKey } from '#libs/domain/payment/payment-keys';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';
import { HAS_NO_RUN } from './run.sql.js';

/** The last run of an order that is not closed. */
export interface LastRun {
  readonly policy: OrderPolicy;
  /** From 1. */
  readonly run: number;
  /** Whether it is known to have begun. */
  readonly isStarted: boolean;
}

/** A run whose order is not stored, or has ended. */
export interface OrphanedRun {
  readonly orderId: OrderId;
  readonly orderIs: 'unknown' | 'closed';
}

/** How long a run may take to end after it has closed its order. */
const ENDING = Prisma.sql`interval '10 seconds'`;

export interface OpenVersion {
  readonly version: number;
  readonly count: number;
}

/** The runs that an order had, and what the next one needs to resume it. */
export class RunRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
  ) {}

  /** How many orders and refunds, whose runs have not ended, have each workflow version. */
  async openVersions(): Promise<OpenVersion[]> {
    return this.db.$queryRaw<OpenVersion[]>`
      SELECT COALESCE((o.policy ->> 'workflowVersion')::int, 1) AS version, count(*)::int AS count
      FROM (
        SELECT policy FROM orders WHERE closed_at IS NULL
        UNION ALL
        SELECT o.policy FROM refund r JOIN orders o ON o.id = r.order_id
        WHERE r.settled_at IS NULL
          OR EXISTS (SELECT FROM attention a WHERE a.refund_id = r.id AND a.resolved_at IS NULL)
      ) o
      GROUP BY version ORDER BY version`;
  }

  /** The last run of an order; null once the order is closed. */
  async last(orderId: OrderId): Promise<LastRun | null> {
    const [row] = await this.db.$queryRaw<LastRun[]>`
      SELECT policy, run, started_at IS NOT NULL AS "isStarted" FROM orders
      WHERE id = ${orderId}::uuid AND closed_at IS NULL`;
    return row ?? null;
  }

  /**
   * Decides that another run resumes the order after `run`, which is gone. It is to be started then.
   *
   * @returns false when that was decided before, or the order is closed
   */
  async decideRestart(order: OrderRecord, run: number, reason: string, by: Actor): Promise<boolean> {
    return this.orders.change(order, async (current) => {
      const last = await this.last(current.id);
      if (last === null || last.run !== run || !last.isStarted) return null;
      return {
        restarts: true,
        event: { type: 'order.restarted', actor: by, details: { run: run + 1, reason } },
      };
    });
  }

  /** Open orders in the order of their ids. @param after the last one of those read before */
  async openAfter(after: OrderId | null, limit: number): Promise<OrderId[]> {
    const rows = await this.db.$queryRaw<{ id: OrderId }[]>`
      SELECT id::text AS id FROM orders
      WHERE closed_at IS NULL AND (${after}::uuid IS NULL OR id > ${after}::uuid) ORDER BY id LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }

  /** Of orders that have a run, those that are not stored, and those that closed a moment ago at least. */
  async orphanedAmong(ids: readonly OrderId[]): Promise<OrphanedRun[]> {
    return this.db.$queryRaw<OrphanedRun[]>`
      SELECT s.id::text AS "orderId", CASE WHEN o.id IS NULL THEN 'unknown' ELSE 'closed' END AS "orderIs"
      FROM unnest(${[...ids]}::uuid[]) AS s (id) LEFT JOIN orders o ON o.id = s.id
      WHERE o.id IS NULL OR o.closed_at < now() - ${ENDING}`;
  }

  /** Has every refund that is not settled given a run again; one whose run is there keeps it. */
  async restartRefunds(): Promise<number> {
    return this.db.$executeRaw`UPDATE refund SET started_at = NULL WHERE settled_at IS NULL`;
  }

  /** Whether it is known that the order has no run, and none is to resume it. */
  async isGone(orderId: OrderId): Promise<boolean> {
    const [row] = await this.db.$queryRaw<{ gone: boolean }[]>`
      SELECT ${HAS_NO_RUN} AS gone FROM orders o WHERE o.id = ${orderId}::uuid AND o.closed_at IS NULL`;
    return row?.gone ?? false;
  }

  /** An order's facts in the books, for the run that resumes it. */
  async resumeFacts(orderId: OrderId): Promise<ResumeFacts> {
    const order = await this.orders.get(orderId);
    const [events, effects, answers, requests] = await Promise.all([
      this.orders.events(orderId),
      this.db.effect.findMany({
        where: { key: { in: [intentKey(orderId), voidKey(orderId)] } },
        select: { key: true, state: true },
      }),
      this.db.$queryRaw<(Omit<StepAnswer, 'at'> & { at: Date })[]>`
        SELECT step, action, by, resolved_at AS at FROM attention
        WHERE order_id = ${orderId}::uuid AND kind = ANY(${[...HOLDS_UP_A_STEP]}) AND NOT is_compensation AND refund_id IS NULL
          AND action IS NOT NULL ORDER BY resolved_at, id`,
      this.db.$queryRaw<{ by: Actor }[]>`
        SELECT requested_by AS by FROM cancellation WHERE order_id = ${orderId}::uuid AND state = 'requested'`,
    ]);
    const stateOf = (key: string) => effects.find((effect) => effect.key === key)?.state ?? null;
    return {
      order,
      events,
      intentEffect: stateOf(intentKey(orderId)),
      voidEffect: stateOf(voidKey(orderId)),
      answers: answers.map((answer) => ({ ...answer, at: answer.at.toISOString() })),
      cancellationRequestedBy: requests[0]?.by ?? null,
    };
  }
}
