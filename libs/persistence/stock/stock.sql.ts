import { MOVEMENT_SIGN, type MovementKind } from '#libs/domain/stock/goods';

import { Prisma } from '../generated/client.js';

/** What of a line has not come back into stock with a refund. */
const OUTSIDE = Prisma.sql`l.quantity - COALESCE((SELECT sum(m.quantity) FROM stock_movement m
  JOIN refund r ON r.id = m.refund_id WHERE r.order_id = l.order_id AND m.sku = l.sku), 0)::int`;

/**
 * What a change of fulfilment does to stock, as expressions over `changed`. Goods that leave end their
 * reservation; of those that come back with their parcel, some may be in stock already. Products are locked in SKU order, as everywhere, so that two orders cannot wait for each other.
 */
export function moveGoods(kinds: readonly MovementKind[]): Prisma.Sql[] {
  if (kinds.length === 0) return [];
  const delta = kinds.reduce((sum, kind) => sum + MOVEMENT_SIGN[kind], 0);
  const leaves = kinds.includes('shipped') || kinds.includes('lost');
  return [
    Prisma.sql`parcel AS (
      SELECT l.order_id, l.sku, ${kinds.includes('returned') ? OUTSIDE : Prisma.sql`l.quantity`} AS quantity
      FROM order_line l JOIN changed c ON l.order_id = c.id)`,
    Prisma.sql`locked AS (
      SELECT p.sku FROM product p WHERE p.sku IN (SELECT sku FROM parcel) ORDER BY p.sku FOR UPDATE)`,
    Prisma.sql`moved AS (
      INSERT INTO stock_movement (order_id, sku, kind, quantity)
      SELECT parcel.order_id, parcel.sku, kind.name, kind.sign * parcel.quantity
      FROM parcel, unnest(${[...kinds]}::text[], ${kinds.map((kind) => MOVEMENT_SIGN[kind])}::int[]) AS kind (name, sign)
      WHERE parcel.quantity > 0)`,
    Prisma.sql`stocked AS (
      UPDATE product p SET on_hand = p.on_hand + ${delta}::int * parcel.quantity,
        reserved = p.reserved - ${leaves ? 1 : 0}::int * parcel.quantity
      FROM parcel JOIN locked USING (sku) WHERE p.sku = parcel.sku)`,
    ...(leaves
      ? [
          Prisma.sql`gone AS (UPDATE reservation r SET state = 'shipped' FROM changed c
            WHERE r.order_id = c.id AND r.state = 'open')`,
        ]
      : []),
  ];
}

/** Takes stock for all lines of the order in `before`, or for none, and remembers the answer as an effect. */
export const takeStock = (effectKey: string) => [
  Prisma.sql`wanted AS (SELECT l.order_id, l.sku, l.quantity FROM order_line l JOIN before b ON l.order_id = b.id)`,
  Prisma.sql`stock AS (
    SELECT p.sku, p.on_hand - p.reserved AS available FROM product p
    WHERE p.sku IN (SELECT sku FROM wanted) ORDER BY p.sku FOR UPDATE)`,
  Prisma.sql`short AS (
    SELECT wanted.sku FROM wanted LEFT JOIN stock USING (sku) WHERE COALESCE(stock.available, 0) < wanted.quantity)`,
  Prisma.sql`journalled AS (
    INSERT INTO effect (key, order_id, request_hash, state, settled_at, result)
    SELECT ${effectKey}, b.id, '', CASE WHEN EXISTS (SELECT 1 FROM short) THEN 'refused' ELSE 'done' END, now(),
      CASE WHEN EXISTS (SELECT 1 FROM short) THEN jsonb_build_object('code', 'out_of_stock') END
    FROM before b ON CONFLICT (key) DO NOTHING RETURNING state)`,
  Prisma.sql`refused AS (
    INSERT INTO order_event (order_id, type, actor, changes)
    SELECT b.id, 'inventory.refused', 'workflow', jsonb_build_object('short', (SELECT jsonb_agg(sku) FROM short))
    FROM before b, journalled WHERE journalled.state = 'refused')`,
  Prisma.sql`taken AS (
    UPDATE product p SET reserved = p.reserved + wanted.quantity FROM wanted, stock, journalled
    WHERE journalled.state = 'done' AND stock.sku = p.sku AND wanted.sku = p.sku)`,
  Prisma.sql`kept AS (
    INSERT INTO reservation (order_id, sku, quantity)
    SELECT wanted.order_id, wanted.sku, wanted.quantity FROM wanted, journalled WHERE journalled.state = 'done')`,
];

/** Gives back what the order in `before` holds, in the same order of locks. */
export const giveBackStock = [
  Prisma.sql`held AS (SELECT r.sku, r.quantity FROM reservation r JOIN before b ON r.order_id = b.id WHERE r.state = 'open')`,
  Prisma.sql`stock AS (SELECT p.sku FROM product p WHERE p.sku IN (SELECT sku FROM held) ORDER BY p.sku FOR UPDATE)`,
  Prisma.sql`returned AS (
    UPDATE product p SET reserved = p.reserved - held.quantity FROM held JOIN stock USING (sku) WHERE p.sku = held.sku)`,
  Prisma.sql`released AS (
    UPDATE reservation r SET state = 'released' FROM before b WHERE r.order_id = b.id AND r.state = 'open')`,
];
