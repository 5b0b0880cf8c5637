import { MOVEMENT_SIGN, type MovementKind } from '#libs/domain/stock/goods';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** The units of a line that no refund has returned to stock. */
const OUTSIDE = Prisma.sql`l.quantity - COALESCE((SELECT sum(m.quantity) FROM stock_movement m
  JOIN refund r ON r.id = m.refund_id WHERE r.order_id = l.order_id AND m.sku = l.sku), 0)::int`;

/** Locks products in the order of their SKUs, as everywhere, so that two orders cannot wait for each other. */
const lockProducts = (skus: Prisma.Sql) => Prisma.sql`
  SELECT p.sku, p.on_hand - p.reserved AS available FROM product p
  WHERE p.sku IN (SELECT sku FROM ${skus}) ORDER BY p.sku FOR UPDATE`;

/**
 * What a change of fulfilment does to stock. Goods that leave end their reservation; of those that come back with their
 * parcel, some may be in stock already.
 */
export function moveGoods(statement: ChangeStatement, kinds: readonly MovementKind[]): void {
  if (kinds.length === 0) return;
  const { changed } = statement;
  const delta = kinds.reduce((sum, kind) => sum + MOVEMENT_SIGN[kind], 0);
  const leaves = kinds.includes('shipped') || kinds.includes('lost');
  const parcel = statement.also(
    'parcel',
    Prisma.sql`
      SELECT l.order_id, l.sku, ${kinds.includes('returned') ? OUTSIDE : Prisma.sql`l.quantity`} AS quantity
      FROM order_line l JOIN ${changed} c ON l.order_id = c.id`,
  );
  const locked = statement.also('locked', lockProducts(parcel));
  statement.also(
    'moved',
    Prisma.sql`
      INSERT INTO stock_movement (order_id, sku, kind, quantity)
      SELECT g.order_id, g.sku, kind.name, kind.sign * g.quantity
      FROM ${parcel} g, unnest(${[...kinds]}::text[], ${kinds.map((kind) => MOVEMENT_SIGN[kind])}::int[])
        AS kind (name, sign)
      WHERE g.quantity > 0`,
  );
  statement.also(
    'stocked',
    Prisma.sql`
      UPDATE product p SET on_hand = p.on_hand + ${delta}::int * g.quantity,
        reserved = p.reserved - ${leaves ? 1 : 0}::int * g.quantity
      FROM ${parcel} g JOIN ${locked} USING (sku) WHERE p.sku = g.sku`,
  );
  if (!leaves) return;
  statement.also(
    'gone',
    Prisma.sql`
      UPDATE reservation r SET state = 'shipped' FROM ${changed} c WHERE r.order_id = c.id AND r.state = 'open'`,
  );
}

/**
 * Takes stock for all lines of the order, or for none, and journals the answer as an effect. A refusal is stored, too,
 * though nothing else of the change is.
 */
export function takeStock(statement: ChangeStatement, effectKey: string): void {
  const order = statement.before;
  const wanted = statement.prepare(
    'wanted',
    Prisma.sql`SELECT l.order_id, l.sku, l.quantity FROM order_line l JOIN ${order} b ON l.order_id = b.id`,
  );
  const stock = statement.prepare('stock', lockProducts(wanted));
  const short = statement.prepare(
    'short',
    Prisma.sql`
      SELECT w.sku FROM ${wanted} w LEFT JOIN ${stock} s USING (sku) WHERE COALESCE(s.available, 0) < w.quantity`,
  );
  const journalled = statement.prepare(
    'journalled',
    Prisma.sql`
      INSERT INTO effect (key, order_id, request_hash, state, settled_at, result)
      SELECT ${effectKey}, b.id, '', CASE WHEN EXISTS (SELECT 1 FROM ${short}) THEN 'refused' ELSE 'done' END, now(),
        CASE WHEN EXISTS (SELECT 1 FROM ${short}) THEN jsonb_build_object('code', 'out_of_stock') END
      FROM ${order} b ON CONFLICT (key) DO NOTHING RETURNING state`,
  );
  statement.prepare(
    'refused',
    Prisma.sql`
      INSERT INTO order_event (order_id, type, actor, changes)
      SELECT b.id, 'inventory.refused', 'workflow', jsonb_build_object('short', (SELECT jsonb_agg(sku) FROM ${short}))
      FROM ${order} b, ${journalled} j WHERE j.state = 'refused'`,
  );
  statement.claim('reserved', Prisma.sql`SELECT 1 FROM ${journalled} WHERE state = 'done'`);
  const { changed } = statement;
  statement.also(
    'taken',
    Prisma.sql`
      UPDATE product p SET reserved = p.reserved + w.quantity FROM ${wanted} w JOIN ${stock} USING (sku), ${changed}
      WHERE p.sku = w.sku`,
  );
  statement.also(
    'kept',
    Prisma.sql`
      INSERT INTO reservation (order_id, sku, quantity)
      SELECT w.order_id, w.sku, w.quantity FROM ${wanted} w, ${changed}`,
  );
}

/** Releases what the order holds. */
export function giveBackStock(statement: ChangeStatement): void {
  const { changed } = statement;
  const held = statement.also(
    'held',
    Prisma.sql`
      SELECT r.sku, r.quantity FROM reservation r JOIN ${changed} c ON r.order_id = c.id WHERE r.state = 'open'`,
  );
  const stock = statement.also('held_stock', lockProducts(held));
  statement.also(
    'returned',
    Prisma.sql`
      UPDATE product p SET reserved = p.reserved - h.quantity FROM ${held} h JOIN ${stock} USING (sku)
      WHERE p.sku = h.sku`,
  );
  statement.also(
    'released',
    Prisma.sql`
      UPDATE reservation r SET state = 'released' FROM ${changed} c WHERE r.order_id = c.id AND r.state = 'open'`,
  );
}
