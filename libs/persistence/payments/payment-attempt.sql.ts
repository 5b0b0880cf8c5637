import type { OrderChange } from '#libs/domain/order/order-change';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Stores a further attempt to pay. */
export function addAttempt(
  statement: ChangeStatement,
  { number, method, requestedBy }: NonNullable<OrderChange['attempt']>,
): void {
  statement.also(
    'attempted',
    Prisma.sql`
      INSERT INTO payment_attempt (order_id, attempt, method, requested_by)
      SELECT id, ${number}, ${method}, ${requestedBy} FROM ${statement.changed}`,
  );
}
