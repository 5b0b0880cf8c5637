import { type OrderId } from '#libs/domain/order/order-id';
import { INITIAL_STATE } from '#libs/domain/order/states';
import { intentKey } from '#libs/domain/payment/payment-keys';
import type { OrderChange } from '#libs/domain/order/order-change';

import { beginEffectOf } from '../effects/effect.sql.js';
import { Prisma } from '../generated/client.js';
import { type ChangedOrder, changeStatement } from '../orders/order-change.sql.js';
import { selectOrders } from '../orders/order-record.sql.js';

/** An order that nothing has changed since it was accepted: every change raises the version. */
const asAccepted = (id: OrderId): ChangedOrder => ({
  id,
  version: 1,
  ...INITIAL_STATE,
  intentStatus: null,
  booked: {},
  attempt: 1,
  decline: null,
});

/** Whether an order `o` can be delivered and paid: whatever is missing, the one who asks finds out by reading it. */
const isValid = (shipTo: readonly string[]) => Prisma.sql`
  o.shipping_address IS NOT NULL
  AND (${shipTo.length === 0} OR o.shipping_address ->> 'country' = ANY(${[...shipTo]}::text[]))
  AND NOT EXISTS (
    SELECT 1 FROM order_line l LEFT JOIN product p USING (sku)
    WHERE l.order_id = o.id AND (p.sku IS NULL OR NOT p.sellable OR p.currency <> o.currency))`;

/** The hash of the request for the intent of an order `o`, as the journal makes it. */
const INTENT_HASH = Prisma.sql`encode(sha256(convert_to(
  format('{"amount":%s,"currency":"%s"}', o.total, o.currency), 'UTF8')), 'hex')`;

/**
 * Reserves the goods of an order that is as it was accepted, and valid, and begins the effect that makes its intent; answers
 * the order as it was before. Nothing is written for any other order.
 */
export const firstReservation = (id: OrderId, change: OrderChange, shipTo: readonly string[]): Prisma.Sql =>
  changeStatement(asAccepted(id), change, (statement) => {
    statement.check(
      'valid',
      Prisma.sql`SELECT b.id FROM ${statement.before} b JOIN orders o ON o.id = b.id WHERE ${isValid(shipTo)}`,
    );
    beginEffectOf(statement, {
      key: intentKey(id),
      requestHash: INTENT_HASH,
      unless: { cancellation: true },
      from: Prisma.sql`(
        SELECT a.* FROM ${statement.changed} c JOIN orders a ON a.id = c.id
        WHERE a.total > 0 AND a.payment_method IS NOT NULL)`,
    });
    const changed = Prisma.sql`(SELECT a.* FROM ${statement.changed} c JOIN orders a ON a.id = c.id)`;
    statement.answer(Prisma.sql`(SELECT r."order" FROM (${selectOrders(changed)}) r) AS "order"`);
  });
