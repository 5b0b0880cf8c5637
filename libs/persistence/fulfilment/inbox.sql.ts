import type { AppliedEvent } from '#libs/domain/order/order-change';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

export const CARRIER = 'carrier';

/** Stores an event with its verdict: not when it was applied before. */
export function applyEvent(statement: ChangeStatement, applied: AppliedEvent): void {
  statement.claim('applied', eventOf(statement.before, applied));
}

/** Stores an event with its verdict, and returns a row unless it was applied before. @param order a table expression with its `id` */
export function eventOf(order: Prisma.Sql, { event, verdict, report }: AppliedEvent): Prisma.Sql {
  if ('storedAs' in event) {
    return Prisma.sql`
      UPDATE inbox_event i SET order_id = b.id, applied_at = now(), verdict = ${verdict}, report = ${report}
      FROM ${order} b WHERE i.id = ${event.storedAs}::uuid AND i.applied_at IS NULL RETURNING i.id`;
  }
  const { eventId, type, trackingNumber, reference = null, occurredAt } = event;
  return Prisma.sql`
    INSERT INTO inbox_event (provider, event_id, type, object_id, reference, order_id, occurred_at, applied_at,
      verdict, report)
    SELECT ${CARRIER}, ${eventId}, ${type}, ${trackingNumber}, ${reference}, b.id, ${occurredAt}, now(), ${verdict},
      ${report} FROM ${order} b
    ON CONFLICT (provider, event_id) DO NOTHING RETURNING id`;
}
