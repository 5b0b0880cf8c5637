// Raw SQL: a discrepancy, its attention and its booking are written by one statement.
import type { OrderId } from '#libs/domain/order/order-id';
import type { Difference, DiscrepancyKind } from '#libs/domain/reconciliation/reconciliation';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { OrderComparison } from './comparison.repository.js';
import type { Database } from '../database/database.js';
import {
  acknowledgedPosts,
  differenceRows,
  GONE,
  openDiscrepancies,
  RECONCILIATION,
} from './discrepancy.sql.js';
import { ATTENTION_TOLD, eventOfEach, insertEvents } from '../events/outbox.sql.js';
import { Prisma } from '../generated/client.js';
import { entries, postingRows } from '../ledger/ledger.sql.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';
import { firstRequestOnly } from '../requests/idempotency-key.sql.js';

/** A difference between the gateway's books and ours. Amounts are minor units, times RFC 3339. */
export interface DiscrepancyRecord {
  readonly id: string;
  readonly kind: DiscrepancyKind;
  readonly objectId: string;
  readonly orderId: OrderId | null;
  readonly orderNumber: string | null;
  /** The amount in our books, and the one in the gateway's. */
  readonly expected: number;
  readonly found: number;
  readonly currency: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly closedBy: string | null;
  readonly note: string | null;
}

export interface DiscrepancyFilter {
  readonly state?: 'open' | 'closed';
  /** Only discrepancies made before this one. */
  readonly before?: string;
  readonly limit: number;
}

type Row = Omit<DiscrepancyRecord, 'openedAt' | 'closedAt'> & {
  readonly openedAt: Date;
  readonly closedAt: Date | null;
};

/** Money on an intent of no order. */
const UNMATCHED_KINDS = ['unknown_charge', 'unknown_order'] as const satisfies readonly DiscrepancyKind[];
type UnmatchedKind = (typeof UNMATCHED_KINDS)[number];

/** Discrepancies that reconciliations found. */
export class DiscrepancyRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
  ) {}

  /**
   * Writes the result of comparing an order: opens discrepancies, and closes those that are gone. Nothing is
   * written when the order has changed since it was read, or money has begun to move: it is compared again.
   *
   * @param before as the books were read with
   */
  async record(
    { order, hasDiscrepancies }: OrderComparison,
    differences: readonly Difference[],
    before: Date,
  ): Promise<void> {
    const still = (current: OrderRecord) => current.version === order.version;
    let current = order;
    if (hasDiscrepancies) {
      const closed = await this.orders.change(order, (now) =>
        still(now)
          ? {
              event: { type: 'reconciliation.agreed', actor: RECONCILIATION },
              reconciles: { is: 'agree', differences, unmovedSince: before },
            }
          : null,
      );
      if (closed) current = { ...order, version: order.version + 1 };
    }
    if (differences.length > 0) await this.openOfOrder(current, differences, before);
  }

  /** Writes the amount of money on an intent of no order; `found` 0 closes an earlier discrepancy. */
  async recordUnmatchedCharge(
    charge: {
      readonly kind: UnmatchedKind;
      readonly intentId: string;
      readonly found: number;
      readonly currency: string;
    },
    order: OrderRecord | null,
    before: Date,
  ): Promise<void> {
    const { kind, intentId: objectId, found, currency } = charge;
    if (found === 0) return this.closeUnmatchedCharge(objectId);
    const difference: Difference = { kind, objectId, expected: 0, found };
    if (order) return this.openOfOrder(order, [difference], before);
    await this.db.$executeRaw(
      openDiscrepancies(
        Prisma.sql`SELECT NULL::uuid, ${currency}, d.kind, d.object_id, d.expected, d.found
          FROM ${differenceRows([difference])}`,
      ),
    );
  }

  /** Open discrepancies of money that belongs to no order's intent. */
  async openUnmatchedCharges(): Promise<string[]> {
    const rows = await this.db.discrepancy.findMany({
      where: { kind: { in: [...UNMATCHED_KINDS] }, closedAt: null },
      select: { objectId: true },
    });
    return rows.map(({ objectId }) => objectId);
  }

  async find(id: string): Promise<DiscrepancyRecord | null> {
    return (await this.select(Prisma.sql`f.id = ${id}::uuid`, 1))[0] ?? null;
  }

  /** The open attention about a discrepancy; null when there is none. */
  async openAttention(id: string): Promise<string | null> {
    const open = await this.db.attention.findFirst({
      where: { discrepancyId: id, resolvedAt: null },
      select: { id: true },
    });
    return open?.id ?? null;
  }

  /** Newest first. */
  async list({ state, before, limit }: DiscrepancyFilter): Promise<DiscrepancyRecord[]> {
    const conditions = [
      Prisma.sql`true`,
      ...(state === 'open' ? [Prisma.sql`f.closed_at IS NULL`] : []),
      ...(state === 'closed' ? [Prisma.sql`f.closed_at IS NOT NULL`] : []),
      ...(before ? [Prisma.sql`f.id < ${before}::uuid`] : []),
    ];
    return this.select(Prisma.join(conditions, ' AND '), limit);
  }

  /** How many are open, of each kind that there is one of. */
  async countOpen(): Promise<{ kind: DiscrepancyKind; count: number }[]> {
    return this.db.$queryRaw<{ kind: DiscrepancyKind; count: number }[]>`
      SELECT kind, count(*)::int AS count FROM discrepancy WHERE closed_at IS NULL GROUP BY kind`;
  }

  /**
   * Closes a discrepancy without an order, and books its unknown money; once where the request has a key.
   *
   * @returns false when it was closed before
   */
  async acknowledge(
    discrepancy: DiscrepancyRecord,
    { note, by }: { note: string; by: string },
    request: ScopedIdempotencyKey | null = null,
  ): Promise<boolean> {
    const { asked, first } = firstRequestOnly(request, {
      resourceId: discrepancy.id,
      from: Prisma.sql`open`,
    });
    const posts = acknowledgedPosts(discrepancy);
    const [{ closed } = { closed: false }] = await this.db.$queryRaw<{ closed: boolean }[]>`
      WITH open AS (
        SELECT id FROM discrepancy WHERE id = ${discrepancy.id}::uuid AND closed_at IS NULL AND found = ${discrepancy.found}
        FOR UPDATE),
      ${Prisma.join([
        ...asked,
        Prisma.sql`closed AS (
        UPDATE discrepancy f SET closed_at = now(), closed_by = ${by}, note = ${note} FROM open
        WHERE f.id = open.id AND ${first} RETURNING f.currency)`,
      ])},
      posted AS (
        INSERT INTO ledger_transaction (kind, object_id, amount, currency)
        SELECT p.kind, p.object_id, p.amount, closed.currency FROM closed, ${postingRows(posts)}
        ON CONFLICT (kind, object_id, occurrence) DO NOTHING RETURNING id, kind, amount),
      entered AS (${entries(Prisma.sql`posted`, posts)})
      SELECT EXISTS (SELECT 1 FROM closed) AS closed`;
    return closed;
  }

  private async openOfOrder(
    order: OrderRecord,
    differences: readonly Difference[],
    before: Date,
  ): Promise<void> {
    await this.orders.change(order, (current) =>
      current.version === order.version
        ? {
            event: { type: 'reconciliation.differed', actor: RECONCILIATION, details: { differences } },
            reconciles: { is: 'differ', differences, unmovedSince: before },
          }
        : null,
    );
  }

  private async closeUnmatchedCharge(objectId: string): Promise<void> {
    await this.db.$executeRaw`
      WITH gone AS (
        UPDATE discrepancy SET closed_at = now(), closed_by = ${RECONCILIATION}, note = ${GONE}
        WHERE kind = ANY(${[...UNMATCHED_KINDS]}) AND object_id = ${objectId} AND closed_at IS NULL RETURNING id),
      resolved AS (
        UPDATE attention SET resolved_at = now(), by = ${RECONCILIATION} FROM gone
        WHERE attention.discrepancy_id = gone.id AND attention.resolved_at IS NULL
        RETURNING attention.order_id, ${ATTENTION_TOLD})
      ${insertEvents(
        Prisma.sql`(SELECT o.* FROM orders o JOIN resolved r ON r.order_id = o.id)`,
        eventOfEach('attention.resolved', Prisma.sql`(SELECT id, kind, step FROM resolved)`),
      )}`;
  }

  private async select(condition: Prisma.Sql, limit: number): Promise<DiscrepancyRecord[]> {
    const rows = await this.db.$queryRaw<Row[]>`
      SELECT f.id::text AS id, f.kind, f.object_id AS "objectId", f.order_id::text AS "orderId",
        o.number AS "orderNumber", f.expected, f.found, f.currency, f.opened_at AS "openedAt",
        f.closed_at AS "closedAt", f.closed_by AS "closedBy", f.note
      FROM discrepancy f LEFT JOIN orders o ON o.id = f.order_id WHERE ${condition} ORDER BY f.id DESC LIMIT ${limit}`;
    return rows.map((row) => ({
      ...row,
      openedAt: row.openedAt.toISOString(),
      closedAt: row.closedAt?.toISOString() ?? null,
    }));
  }
}
