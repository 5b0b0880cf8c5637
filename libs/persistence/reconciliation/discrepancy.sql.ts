import type { Posting } from '#libs/domain/ledger/ledger';
import type { Reconciled } from '#libs/domain/order/order-change';
import type { Difference } from '#libs/domain/reconciliation/reconciliation';

import { ATTENTION_TOLD } from '../events/outbox.sql.js';
import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';
import type { DiscrepancyRecord } from './discrepancy.repository.js';

/** The actor that opens discrepancies, and closes those that are gone. */
export const RECONCILIATION = 'reconciliation';
/** Why it closed one. */
export const GONE = 'no longer seen';

/** The effects that move money, by the second part of their keys. */
const MONEY_EFFECTS = ['intent', 'charge', 'capture', 'void', 'refund'];

/** Whether a call about an order's money is under way, or money was booked since a time. */
export const moneyInFlight = (orderId: Prisma.Sql, since: Date) => Prisma.sql`(
  EXISTS (SELECT 1 FROM effect e WHERE e.order_id = ${orderId} AND e.state = 'started'
    AND split_part(e.key, ':', 2) = ANY(${MONEY_EFFECTS}::text[]))
  OR EXISTS (SELECT 1 FROM ledger_transaction t WHERE t.order_id = ${orderId} AND t.at >= ${since}))`;

/**
 * Stores differences as discrepancies, returning new ones. One that is open, or that an operator closed,
 * stays as it is while its amounts do; one that had gone by itself is opened again.
 *
 * @param rows a query with `order_id`, `currency`, `kind`, `object_id`, `expected`, `found`
 */
export const openDiscrepancies = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO discrepancy (order_id, currency, kind, object_id, expected, found) ${rows}
  ON CONFLICT (kind, object_id) DO UPDATE SET expected = EXCLUDED.expected, found = EXCLUDED.found,
    order_id = EXCLUDED.order_id, opened_at = CASE WHEN discrepancy.closed_at IS NULL THEN discrepancy.opened_at ELSE now() END,
    closed_at = NULL, closed_by = NULL, note = NULL
  WHERE discrepancy.closed_by = ${RECONCILIATION}
    OR (discrepancy.expected, discrepancy.found) IS DISTINCT FROM (EXCLUDED.expected, EXCLUDED.found)
  RETURNING id, kind`;

/** Differences as rows. */
export const differenceRows = (differences: readonly Difference[]) => Prisma.sql`
  unnest(${differences.map(({ kind }) => kind)}::text[], ${differences.map(({ objectId }) => objectId)}::text[],
    ${differences.map(({ expected }) => expected)}::bigint[], ${differences.map(({ found }) => found)}::bigint[])
    AS d (kind, object_id, expected, found)`;

/** Opens what differs, and an attention for each; or closes what no longer does, and resolves the attentions of it. */
export function reconcile(statement: ChangeStatement, { is, differences, unmovedSince }: Reconciled): void {
  const { before, changed } = statement;
  const isUnmoved = Prisma.sql`NOT ${moneyInFlight(Prisma.sql`b.id`, unmovedSince)}`;
  if (is === 'differ') {
    const opened = statement.claim(
      'opened_discrepancies',
      openDiscrepancies(Prisma.sql`
        SELECT b.id, o.currency, d.kind, d.object_id, d.expected, d.found
        FROM ${before} b JOIN orders o ON o.id = b.id, ${differenceRows(differences)} WHERE ${isUnmoved}`),
    );
    const flagged = statement.also(
      'flagged_discrepancies',
      Prisma.sql`
        INSERT INTO attention (id, order_id, kind, reason, discrepancy_id)
        SELECT uuidv7(), c.id, 'discrepancy', f.kind, f.id FROM ${changed} c, ${opened} f
        WHERE NOT EXISTS (SELECT 1 FROM attention a WHERE a.discrepancy_id = f.id AND a.resolved_at IS NULL)
        RETURNING ${ATTENTION_TOLD}`,
    );
    statement.tellEach('attention.opened', flagged);
    return;
  }
  const closed = statement.claim(
    'closed_discrepancies',
    Prisma.sql`
      UPDATE discrepancy f SET closed_at = now(), closed_by = ${RECONCILIATION}, note = ${GONE} FROM ${before} b
      WHERE f.order_id = b.id AND f.closed_at IS NULL AND f.kind <> 'unknown_charge' AND ${isUnmoved}
        AND NOT EXISTS (SELECT 1 FROM ${differenceRows(differences)}
          WHERE d.kind = f.kind AND d.object_id = f.object_id)
      RETURNING f.id`,
  );
  const resolved = statement.also(
    'resolved_discrepancies',
    Prisma.sql`
      UPDATE attention SET resolved_at = now(), by = ${RECONCILIATION} FROM ${closed} f, ${changed} c
      WHERE attention.discrepancy_id = f.id AND attention.order_id = c.id AND attention.resolved_at IS NULL
      RETURNING ${ATTENTION_TOLD}`,
  );
  statement.tellEach('attention.resolved', resolved);
}

/** What acknowledging a discrepancy books: money that moved without us is booked, the rest stays a note. */
export function acknowledgedPosts({ id, kind, objectId, found }: DiscrepancyRecord): Posting[] {
  if (kind === 'unknown_refund') return [{ kind: 'refund_adopted', objectId, amount: found }];
  if (kind === 'unknown_charge' || kind === 'unknown_order')
    return [{ kind: 'unknown_accepted', objectId: id, amount: found }];
  return [];
}
