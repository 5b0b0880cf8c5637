// Raw SQL: one worker at a time takes a look, by the database's clock; orders are compared in bulk.
import type { RunStuckCause } from '#libs/domain/order/attention';
import type { OrderId } from '#libs/domain/order/order-id';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { isKnown, IS_STUCK } from './run.sql.js';

/** Where the last look for lost runs stood. */
export interface Look {
  /** The time up to which closed runs have been checked. */
  readonly closedUntil: Date;
  /** The open order compared last; null where a round begins. */
  readonly comparedTo: OrderId | null;
  readonly isAlarmed: boolean;
  /** The database's clock. */
  readonly at: Date;
}

/** The result of a look. */
export type LookEnd =
  | { readonly is: 'done'; readonly closedUntil: Date; readonly comparedTo: OrderId | null }
  /** More lost runs than are acted on: the next look begins where this one did. */
  | { readonly is: 'alarm'; readonly runs: number };

/** An open order to compare with the runs there are. */
export interface ComparedOrder {
  readonly id: OrderId;
  /** Whether it has no known wait, although it has not changed for a while. */
  readonly isUnexplained: boolean;
}

/** An order whose run may be lost. */
export interface LostRunCandidate {
  readonly orderId: OrderId;
  /** When a run of it closed; absent where that is not how it came under suspicion. */
  readonly closedAt?: Date;
}

/** The last run of an open order. */
export interface StartedRun {
  readonly orderId: OrderId;
  /** Which of the order's runs it is, from 1. */
  readonly run: number;
}

/** An open attention because a run is stuck. */
export interface StuckFlag {
  readonly orderId: OrderId;
  readonly attentionId: string;
  readonly cause: RunStuckCause;
}

/** How long a run must have been there to be compared, and an order unmoved to be unexplained. */
const SETTLED = Prisma.sql`interval '1 minute'`;
/** How many open orders one statement reads. */
const PAGE = 200;
/** Less than every id. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
/** Longer than from one look to the next, and what a task may wait. */
const LATELY = Prisma.sql`interval '3 minutes'`;

/** How far the search for lost runs has come, and the open orders that it compares. */
export class RunLookRepository {
  constructor(private readonly db: Database) {}

  /** Takes the next look if it is due, and no other worker has. @param lease milliseconds until another may */
  async begin(lease: number): Promise<Look | null> {
    const [look] = await this.db.$queryRaw<Look[]>`
      UPDATE run_look SET due_at = now() + ${lease} * interval '1 millisecond' WHERE due_at <= now()
      RETURNING closed_until AS "closedUntil", compared_to::text AS "comparedTo",
        alarm_since IS NOT NULL AS "isAlarmed", now() AS at`;
    return look ?? null;
  }

  /** @param pause milliseconds until the next look */
  async end(end: LookEnd, pause: number): Promise<void> {
    const due = Prisma.sql`due_at = now() + ${pause} * interval '1 millisecond'`;
    await (end.is === 'alarm'
      ? this.db.$executeRaw`
          UPDATE run_look SET ${due}, alarm_since = COALESCE(alarm_since, now()), alarm_runs = ${end.runs}`
      : this.db.$executeRaw`
          UPDATE run_look SET ${due}, closed_until = GREATEST(closed_until, ${end.closedUntil}::timestamptz),
            compared_to = ${end.comparedTo}::uuid, alarm_since = NULL, alarm_runs = 0`);
  }

  /** How many runs the last look found lost, and did not act on because they were too many. */
  async alarmed(): Promise<number> {
    const look = await this.db.runLook.findFirst({ select: { alarmRuns: true } });
    return look?.alarmRuns ?? 0;
  }

  /**
   * About how many orders are open, as VACUUM and ANALYZE last counted the index of them: counting them each time would
   * read them all.
   */
  async estimateOpen(): Promise<number> {
    const [row] = await this.db.$queryRaw<{ count: number }[]>`
      SELECT GREATEST(reltuples, 0)::int AS count FROM pg_class WHERE oid = 'orders_open'::regclass`;
    return row?.count ?? 0;
  }

  /** Open orders whose run should be there, in the order of their ids. */
  async openAfter(after: OrderId | null, limit: number): Promise<ComparedOrder[]> {
    const found: ComparedOrder[] = [];
    while (found.length < limit) {
      const size = Math.min(PAGE, limit - found.length);
      const page = await this.pageAfter(found.at(-1)?.id ?? after, size);
      found.push(...page);
      if (page.length < size) break;
    }
    return found;
  }

  private async pageAfter(after: OrderId | null, limit: number): Promise<ComparedOrder[]> {
    return this.db.$queryRaw<ComparedOrder[]>`
      WITH page AS MATERIALIZED (
        SELECT id, updated_at FROM orders
        WHERE closed_at IS NULL AND started_at < now() - ${SETTLED} AND id > COALESCE(${after}, ${BEFORE_ALL})::uuid
        ORDER BY id LIMIT ${limit})
      SELECT p.id::text AS id, p.updated_at < now() - ${SETTLED} AND w.is IS NULL AND a.is IS NULL AS "isUnexplained"
      FROM page p
        LEFT JOIN LATERAL (SELECT true AS is FROM order_wait w WHERE w.order_id = p.id
          AND (w.deadline IS NULL OR w.deadline > now() - ${SETTLED}) LIMIT 1) w ON true
        LEFT JOIN LATERAL (SELECT true AS is FROM attention a WHERE a.order_id = p.id AND a.resolved_at IS NULL
          LIMIT 1) a ON true
      ORDER BY p.id`;
  }

  /**
   * Of these orders the open ones whose last run has begun, before the closed one where a closed run is known, and
   * is not known to be gone, or stuck.
   */
  async unknownAmong(
    candidates: readonly LostRunCandidate[],
    as: 'gone' | 'stuck' = 'gone',
  ): Promise<StartedRun[]> {
    const ids = candidates.map(({ orderId }) => orderId);
    const times = candidates.map(({ closedAt }) => closedAt ?? null);
    return this.db.$queryRaw<StartedRun[]>`
      SELECT DISTINCT o.id::text AS "orderId", o.run
      FROM orders o JOIN unnest(${ids}::uuid[], ${times}::timestamptz[]) AS s (id, closed_at) ON s.id = o.id
      WHERE o.closed_at IS NULL AND o.started_at < COALESCE(s.closed_at, 'infinity') AND NOT ${isKnown(as)}`;
  }

  /** Has runs of refunds that closed before the refund was settled started again, unless they were since. */
  async restartRefunds(
    closed: readonly { readonly refundId: string; readonly closedAt: Date }[],
  ): Promise<void> {
    if (closed.length === 0) return;
    await this.db.$executeRaw`
      UPDATE refund r SET started_at = NULL
      FROM unnest(${closed.map(({ refundId }) => refundId)}::uuid[], ${closed.map(({ closedAt }) => closedAt)}::timestamptz[]) AS c (id, at)
      WHERE r.id = c.id AND r.settled_at IS NULL AND r.started_at < c.at`;
  }

  /** Open orders that changed lately and are not known to be stuck, the last change first: where a task is due. */
  async changedLately(limit: number): Promise<StartedRun[]> {
    return this.db.$queryRaw<StartedRun[]>`
      SELECT o.id::text AS "orderId", o.run
      FROM orders o CROSS JOIN LATERAL (SELECT ${isKnown('stuck')} AS known OFFSET 0) k
      WHERE o.closed_at IS NULL AND o.started_at IS NOT NULL AND o.updated_at > now() - ${LATELY} AND NOT k.known
      ORDER BY o.updated_at DESC LIMIT ${limit}`;
  }

  /** The open attentions about runs that are stuck. */
  async stuck(limit: number): Promise<StuckFlag[]> {
    return this.db.$queryRaw<StuckFlag[]>`
      SELECT a.order_id::text AS "orderId", a.id::text AS "attentionId",
        CASE a.kind WHEN 'run_stuck' THEN a.reason ELSE 'workflow_task_failing' END AS cause FROM attention a
      WHERE ${IS_STUCK} AND a.resolved_at IS NULL
      ORDER BY a.opened_at LIMIT ${limit}`;
  }
}
