import { CANCELLATION_EVENTS } from '#libs/domain/events/events-of';
import { CANCELLATION_OUTCOMES, type CancellationOutcome } from '#libs/domain/order/cancellation';
import type { Actor } from '#libs/domain/order/end';
import type { OrderStatus } from '#libs/domain/order/states';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Stores a cancellation request: not when the order had one before. */
export function requestCancellation(
  statement: ChangeStatement,
  { state, code, requestedBy }: CancellationOutcome & { readonly requestedBy: Actor },
): void {
  statement.claim(
    'asked_to_cancel',
    Prisma.sql`
      INSERT INTO cancellation (order_id, state, code, requested_by, decided_at)
      SELECT id, ${state}, ${code}, ${requestedBy}, CASE WHEN ${state !== 'requested'} THEN now() END
      FROM ${statement.before} b
      ON CONFLICT (order_id) DO NOTHING RETURNING order_id`,
  );
}

/** Decides a cancellation request that is still open, where the order's new status decides it. */
export function decideCancellation(statement: ChangeStatement, status: OrderStatus): void {
  const { state, code } = CANCELLATION_OUTCOMES[status];
  if (state === 'requested') return;
  const decided = statement.also(
    'decided',
    Prisma.sql`
      UPDATE cancellation w SET state = ${state}, code = ${code}, decided_at = now()
      FROM ${statement.changed} c WHERE w.order_id = c.id AND w.state = 'requested'
      RETURNING w.state, w.code`,
  );
  statement.tellEach(CANCELLATION_EVENTS[state], decided);
}
