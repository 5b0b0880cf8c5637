import type { Posting } from '#libs/domain/ledger/ledger';
import type { Reconciled } from '#libs/domain/order/order-change';
import type { Difference } from '#libs/domain/reconciliation/reconciliation';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';
import type { FindingRecord } from './finding.repository.js';

/** Who opens findings, and closes those that are gone. */
export const RECONCILIATION = 'reconciliation';
/** Why it closed one. */
export const GONE = 'no longer seen';

/** The effects that move money, by the second part of their keys. */
const MONEY_EFFECTS = ['intent', 'charge', 'capture', 'void', 'refund'];

/** Whether a call about an order's money is under way, or something was booked since a time. */
export const moneyInFlight = (orderId: Prisma.Sql, since: Date) => Prisma.sql`(
  EXISTS (SELECT 1 FROM effect e WHERE e.order_id = ${orderId} AND e.state = 'started'
    AND split_part(e.key, ':', 2) = ANY(${MONEY_EFFECTS}::text[]))
  OR EXISTS (SELECT 1 FROM ledger_transaction t WHERE t.order_id = ${orderId} AND t.at >= ${since}))`;

/**
 * Stores differences as findings, returning those that are news. One that is open, or that somebody has closed,
 * stays as it is while its amounts do; one that had gone by itself is opened again.
 *
 * @param rows a query with `order_id`, `currency`, `kind`, `object_id`, `expected`, `found`
 */
export const openFindings = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO finding (order_id, currency, kind, object_id, expected, found) ${rows}
  ON CONFLICT (kind, object_id) DO UPDATE SET expected = EXCLUDED.expected, found = EXCLUDED.found,
    order_id = EXCLUDED.order_id, opened_at = CASE WHEN finding.closed_at IS NULL THEN finding.opened_at ELSE now() END,
    closed_at = NULL, closed_by = NULL, note = NULL
  WHERE finding.closed_by = ${RECONCILIATION}
    OR (finding.expected, finding.found) IS DISTINCT FROM (EXCLUDED.expected, EXCLUDED.found)
  RETURNING id, kind`;

/** Differences as rows. */
export const differenceRows = (differences: readonly Difference[]) => Prisma.sql`
  unnest(${differences.map(({ kind }) => kind)}::text[], ${differences.map(({ objectId }) => objectId)}::text[],
    ${differences.map(({ expected }) => expected)}::bigint[], ${differences.map(({ found }) => found)}::bigint[])
    AS d (kind, object_id, expected, found)`;

/** Opens what differs, and an attention for each; or closes what no longer does, and resolves the attentions of it. */
export function reconcile(
  statement: ChangeStatement,
  { currency }: { readonly currency: string },
  { is, differences, unmovedSince }: Reconciled,
): void {
  const { before, changed } = statement;
  const isUnmoved = Prisma.sql`NOT ${moneyInFlight(Prisma.sql`b.id`, unmovedSince)}`;
  if (is === 'differ') {
    const opened = statement.claim(
      'opened_findings',
      openFindings(Prisma.sql`
        SELECT b.id, ${currency}, d.kind, d.object_id, d.expected, d.found
        FROM ${before} b, ${differenceRows(differences)} WHERE ${isUnmoved}`),
    );
    statement.also(
      'flagged_findings',
      Prisma.sql`
        INSERT INTO attention (id, order_id, kind, reason, finding_id)
        SELECT uuidv7(), c.id, 'books_differ', f.kind, f.id FROM ${changed} c, ${opened} f
        WHERE NOT EXISTS (SELECT 1 FROM attention a WHERE a.finding_id = f.id AND a.resolved_at IS NULL)`,
    );
    return;
  }
  const closed = statement.claim(
    'closed_findings',
    Prisma.sql`
      UPDATE finding f SET closed_at = now(), closed_by = ${RECONCILIATION}, note = ${GONE} FROM ${before} b
      WHERE f.order_id = b.id AND f.closed_at IS NULL AND f.kind <> 'unknown_charge' AND ${isUnmoved}
        AND NOT EXISTS (SELECT 1 FROM ${differenceRows(differences)}
          WHERE d.kind = f.kind AND d.object_id = f.object_id)
      RETURNING f.id`,
  );
  statement.also(
    'resolved_findings',
    Prisma.sql`
      UPDATE attention a SET resolved_at = now(), by = ${RECONCILIATION} FROM ${closed} f, ${changed} c
      WHERE a.finding_id = f.id AND a.order_id = c.id AND a.resolved_at IS NULL`,
  );
}

/** What acknowledging a finding books: money that came or went without us is taken over, the rest stays a note. */
export function acknowledgedPosts({ id, kind, objectId, found }: FindingRecord): Posting[] {
  if (kind === 'unknown_refund') return [{ kind: 'refund_adopted', objectId, amount: found }];
  if (kind === 'unknown_charge') return [{ kind: 'unknown_accepted', objectId: id, amount: found }];
  return [];
}
