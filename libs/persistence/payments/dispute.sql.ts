import type { Dispute } from '#libs/domain/payment/dispute';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Stores the state of a shopper's dispute. */
export function recordDispute(
  statement: ChangeStatement,
  { id, amount, status, reason, openedAt }: Dispute,
): void {
  statement.also(
    'disputed',
    Prisma.sql`
      INSERT INTO dispute (id, order_id, amount, status, reason, opened_at)
      SELECT ${id}, c.id, ${amount}, ${status}, ${reason}, ${openedAt} FROM ${statement.changed} c
      ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status, updated_at = now()`,
  );
}
