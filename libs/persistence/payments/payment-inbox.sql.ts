import type { OrderChange } from '#libs/domain/order/order-change';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Notes that these events caused the change, which is to be signalled to a run. */
export function applyPaymentEvents(
  statement: ChangeStatement,
  { ids, about }: NonNullable<OrderChange['paymentEvents']>,
): void {
  if (ids.length === 0) return;
  statement.also(
    'applied_payment_events',
    Prisma.sql`
      UPDATE inbox_event i SET order_id = c.id, applied_at = COALESCE(i.applied_at, now()), verdict = 'news',
        report = ${about}
      FROM ${statement.changed} c WHERE i.id = ANY(${[...ids]}::uuid[])`,
  );
}
