import type { AttentionKind } from '#libs/domain/order/attention';
import type { StepName } from '#libs/domain/order/steps';

import { Prisma } from '../generated/client.js';

/**
 * Opens an attention unless one of the kind, for the same reason and refund, is open; an expression over
 * `changed`.
 *
 * @param refundId what it is about, if not the order as a whole; stored with the same change at the latest
 */
export const openAttention = (
  kind: AttentionKind,
  step: StepName | null,
  reason: string,
  refundId: string | null = null,
) => Prisma.sql`
  ${Prisma.raw(`flagged_${kind}`)} AS (INSERT INTO attention (id, order_id, kind, step, reason, refund_id)
    SELECT uuidv7(), c.id, ${kind}, ${step}, ${reason}, ${refundId}::uuid FROM changed c
    WHERE NOT EXISTS (SELECT 1 FROM attention a
      WHERE a.order_id = c.id AND a.kind = ${kind} AND a.reason = ${reason}
        AND a.refund_id IS NOT DISTINCT FROM ${refundId}::uuid AND a.resolved_at IS NULL))`;

/**
 * The gate of a change that opens an attention unless the order has had one of the kind for the same reason, whatever
 * became of it.
 */
export const openAttentionOnce = (kind: AttentionKind, step: StepName | null, reason: string) => Prisma.sql`
  INSERT INTO attention (id, order_id, kind, step, reason)
  SELECT uuidv7(), before.id, ${kind}, ${step}, ${reason} FROM before
  WHERE NOT EXISTS (SELECT 1 FROM attention a
    WHERE a.order_id = before.id AND a.kind = ${kind} AND a.reason = ${reason})
  RETURNING id`;
