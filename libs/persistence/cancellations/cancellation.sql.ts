import { CANCELLATION_OUTCOMES } from '#libs/domain/order/cancellation';
import type { OrderStatus } from '#libs/domain/order/states';

import { Prisma } from '../generated/client.js';

/** Decides a wish to cancel that is still open, where the status an order comes to have decides it. */
export function decideCancellation(status: OrderStatus | undefined): Prisma.Sql[] {
  if (status === undefined) return [];
  const { state, code } = CANCELLATION_OUTCOMES[status];
  if (state === 'requested') return [];
  return [
    Prisma.sql`decided AS (UPDATE cancellation w SET state = ${state}, code = ${code}, decided_at = now()
      FROM changed c WHERE w.order_id = c.id AND w.state = 'requested')`,
  ];
}
