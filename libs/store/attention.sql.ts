import type { AttentionKind } from '#libs/order/attention';
import type { StepName } from '#libs/order/steps';

import { Prisma } from './generated/client.js';

/** Opens an attention unless one of the kind, for the same reason, is open; an expression over `changed`. */
export const openAttention = (kind: AttentionKind, step: StepName | null, reason: string) => Prisma.sql`
  flagged AS (INSERT INTO attention (id, order_id, kind, step, reason)
    SELECT uuidv7(), c.id, ${kind}, ${step}, ${reason} FROM changed c
    WHERE NOT EXISTS (SELECT 1 FROM attention a
      WHERE a.order_id = c.id AND a.kind = ${kind} AND a.reason = ${reason} AND a.resolved_at IS NULL))`;
