import { REFUND_EVENTS } from '#libs/domain/events/events-of';
import type { OrderChange, RefundProgress } from '#libs/domain/order/order-change';
import type { NewRefund } from '#libs/domain/refund/refund';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Writes the state of a refund. */
export function writeRefund(statement: ChangeStatement, refund: NonNullable<OrderChange['refund']>): void {
  switch (refund.is) {
    case 'requested':
      addRefund(statement, refund);
      break;
    case 'created': {
      const created = statement.also(
        'created_refund',
        Prisma.sql`
          UPDATE refund r SET state = 'pending', provider_id = ${refund.providerId}
          FROM ${statement.changed} WHERE r.id = ${refund.id}::uuid AND r.state = 'requested'
          RETURNING r.id, r.state`,
      );
      statement.tellEach(REFUND_EVENTS.pending, created);
      break;
    }
    case 'settled':
      settleRefund(statement, refund);
  }
}

/** Stores a refund that is booked with the change; its goods go back into stock. */
function addRefund(statement: ChangeStatement, refund: NewRefund): void {
  const { changed } = statement;
  const lines = JSON.stringify(refund.lines);
  const row = statement.also(
    'refund_row',
    Prisma.sql`
      INSERT INTO refund (id, order_id, amount, reason, restock, lines, requested_by)
      SELECT ${refund.id}::uuid, id, ${refund.amount}, ${refund.reason}, ${refund.restock}, ${lines}::jsonb,
        ${refund.requestedBy} FROM ${changed} RETURNING id`,
  );
  if (!refund.restock) return;
  const goods = statement.also(
    'returned_goods',
    Prisma.sql`
      SELECT l.sku, r.quantity FROM ${changed} c JOIN order_line l ON l.order_id = c.id
      JOIN jsonb_to_recordset(${lines}::jsonb) AS r ("lineId" uuid, quantity int) ON r."lineId" = l.id`,
  );
  const locked = statement.also(
    'restock_lock',
    Prisma.sql`SELECT p.sku FROM product p WHERE p.sku IN (SELECT sku FROM ${goods}) ORDER BY p.sku FOR UPDATE`,
  );
  statement.also(
    'restocked',
    Prisma.sql`
      INSERT INTO stock_movement (refund_id, sku, kind, quantity)
      SELECT f.id, g.sku, 'returned', g.quantity FROM ${row} f, ${goods} g`,
  );
  statement.also(
    'restocked_products',
    Prisma.sql`
      UPDATE product p SET on_hand = p.on_hand + g.quantity FROM ${goods} g JOIN ${locked} USING (sku)
      WHERE p.sku = g.sku`,
  );
}

function settleRefund(statement: ChangeStatement, { id, state, providerId, failure }: RefundProgress): void {
  statement.also(
    'settled_refund',
    Prisma.sql`
      UPDATE refund r SET state = ${state}, provider_id = COALESCE(${providerId ?? null}, r.provider_id),
        failure = ${failure ?? null},
        settled_at = CASE WHEN ${state === 'pending'} THEN NULL ELSE now() END
      FROM ${statement.changed} WHERE r.id = ${id}::uuid`,
  );
}
