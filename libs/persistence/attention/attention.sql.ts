import type { AttentionToOpen, AttentionToResolve } from '#libs/domain/order/order-change';

import { ATTENTION_TOLD } from '../events/outbox.sql.js';
import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Opens an attention: with the change, or as a condition of it. */
export function openAttention(statement: ChangeStatement, attention: AttentionToOpen): void {
  const { id, kind, step, reason, isCompensation = false, refundId = null, onceEver = false } = attention;
  const row = (from: Prisma.Sql) => Prisma.sql`
    INSERT INTO attention (id, order_id, kind, step, reason, is_compensation, refund_id)
    SELECT ${id === undefined ? Prisma.sql`uuidv7()` : Prisma.sql`${id}::uuid`}, o.id, ${kind}, ${step}, ${reason},
      ${isCompensation}, ${refundId}::uuid FROM ${from} o`;
  const same = Prisma.sql`
    SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.kind = ${kind} AND a.reason = ${reason}`;
  const told = Prisma.sql`RETURNING ${ATTENTION_TOLD}`;
  const opened = () => {
    if (id !== undefined)
      return statement.claim(
        'opened',
        Prisma.sql`${row(statement.before)} ON CONFLICT (id) DO NOTHING ${told}`,
      );
    if (onceEver)
      return statement.claim(
        'opened',
        Prisma.sql`${row(statement.before)} WHERE NOT EXISTS (${same}) ${told}`,
      );
    return statement.also(
      'opened',
      Prisma.sql`${row(statement.changed)} WHERE NOT EXISTS (${same}
        AND a.refund_id IS NOT DISTINCT FROM ${refundId}::uuid AND a.resolved_at IS NULL) ${told}`,
    );
  };
  statement.tellEach('attention.opened', opened());
}

/** Only while an attention is open, and the discrepancy that it is about shows what the operator saw. */
export function lockAttention(statement: ChangeStatement, { id, discrepancy }: AttentionToResolve): void {
  const shown = discrepancy
    ? Prisma.sql`EXISTS (
        SELECT 1 FROM discrepancy f WHERE f.id = ${discrepancy.id}::uuid AND f.found = ${discrepancy.found})`
    : Prisma.sql`true`;
  statement.check(
    'open',
    Prisma.sql`
      SELECT a.id FROM attention a, ${statement.before} b
      WHERE a.id = ${id}::uuid AND a.resolved_at IS NULL AND ${shown} FOR UPDATE OF a`,
  );
}

/** Resolves an attention that was locked, and closes the discrepancy that it is about. */
export function resolveAttention(statement: ChangeStatement, attention: AttentionToResolve): void {
  const { id, action, by, note = null, isSignalled = false, isApplied = false, discrepancy } = attention;
  const { changed } = statement;
  const resolved = statement.also(
    'resolved',
    Prisma.sql`
      UPDATE attention SET resolved_at = now(), action = ${action}, by = ${by}, note = ${note},
        signalled_at = CASE WHEN ${isSignalled} THEN now() END, applied_at = CASE WHEN ${isApplied} THEN now() END
      FROM ${changed} WHERE attention.id = ${id}::uuid RETURNING ${ATTENTION_TOLD}`,
  );
  statement.tellEach('attention.resolved', resolved);
  if (!discrepancy) return;
  statement.also(
    'closed_discrepancy',
    Prisma.sql`
      UPDATE discrepancy f SET closed_at = now(), closed_by = ${by}, note = ${note} FROM ${changed}
      WHERE f.id = ${discrepancy.id}::uuid AND f.closed_at IS NULL`,
  );
}
