import pg from 'pg';

import type { Database } from '#libs/persistence/database/database';

import { seed, type Seeding } from './seed-statements.js';

/**
 * Orders as a shop has them after a while: most are delivered, a few are on their way or went wrong; half of them have
 * the same product in them, one in a hundred has an open attention, and some in transit have another wait.
 */
export async function fillWithOrders(databaseUrl: string, count: number): Promise<void> {
  await seed(databaseUrl, statements(count));
}

const statements = (count: number): readonly Seeding[] => [
  [
    `
    INSERT INTO orders (id, number, status, payment, fulfilment, customer_id, customer_name, customer_email,
      shipping_address, currency, subtotal, shipping, discount, tax, total, payment_method, policy, end_code, end_by, created_at,
      started_at, updated_at, closed_at)
    SELECT uuidv7(), 'N-' || n,
      CASE WHEN n % 100 < 90 THEN 'delivered' WHEN n % 100 < 95 THEN 'rejected' WHEN n % 100 < 98 THEN 'cancelled' ELSE 'shipped' END,
      CASE WHEN n % 100 < 90 THEN 'captured' WHEN n % 100 < 95 THEN 'none' WHEN n % 100 < 98 THEN 'voided' ELSE 'captured' END,
      CASE WHEN n % 100 < 89 THEN 'delivered' WHEN n % 100 < 90 THEN 'lost' WHEN n % 100 < 95 THEN 'none' WHEN n % 100 < 98 THEN 'released' ELSE 'shipped' END,
      CASE WHEN n % 3 = 0 THEN NULL ELSE 'C-' || n % 5000 END, 'A shopper', 'shopper-' || n % 5000 || '@example.com',
      '{"line1": "1 High Street", "city": "London", "postalCode": "N1", "country": "GB"}', 'EUR', 1000, 0, 0, 0, 1000,
      'pm_card_visa', '{}',
      CASE WHEN n % 100 BETWEEN 90 AND 94 THEN 'payment_declined' WHEN n % 1000 = 95 THEN 'carrier_refused' WHEN n % 100 BETWEEN 95 AND 97 THEN 'cancelled' END,
      CASE WHEN n % 100 BETWEEN 90 AND 97 THEN 'workflow' END,
      now() - n * interval '1 minute', now() - n * interval '1 minute', now() - (n % 1000) * n / 1000 * interval '1 minute',
      CASE WHEN n % 100 < 98 THEN now() END
    FROM generate_series(1, $1::int) n`,
    [count],
  ],
  [
    `
    INSERT INTO order_line (id, order_id, position, sku, name, quantity, unit_price, tax_rate, placed_at)
    SELECT gen_random_uuid(), o.id, l.position, CASE l.position WHEN 0 THEN 'BULK-' || o.n % 2 ELSE 'RARE-' || o.n % 1000 END,
      'Something', 1, 500, 0, o.created_at
    FROM (SELECT id, created_at, substr(number, 3)::int AS n FROM orders WHERE number LIKE 'N-%') o, (VALUES (0), (1)) l (position)`,
  ],
  [
    `
    INSERT INTO shipment (order_id, carrier, tracking_number, status)
    SELECT id, 'sandbox', 'TRK-' || substr(number, 3), 'created' FROM orders WHERE number LIKE 'N-%'`,
  ],
  [
    `
    INSERT INTO order_wait (order_id, placed_at, step, last_error, deadline)
    SELECT o.id, o.created_at, w.step, w.error, now() + interval '1 day'
    FROM orders o, (VALUES ('deliver', NULL, 1), ('confirm', 'mail_unreachable', 10), ('charge', NULL, 20)) w (step, error, every)
    WHERE o.closed_at IS NULL AND o.number LIKE 'N-%' AND substr(o.number, 3)::int / 100 % w.every = 0`,
  ],
  [
    `
    INSERT INTO attention (id, order_id, kind, reason, resolved_at, signalled_at)
    SELECT gen_random_uuid(), id, CASE substr(number, 3)::int % 300 WHEN 0 THEN 'dispute_opened' ELSE 'parked' END, 'test', CASE WHEN substr(number, 3)::int % 100 = 0 THEN NULL ELSE now() END,
      CASE WHEN substr(number, 3)::int % 100 = 0 THEN NULL ELSE now() END
    FROM orders WHERE number LIKE 'N-%' AND substr(number, 3)::int % 10 = 0`,
  ],
  [`ANALYZE orders, order_line, order_wait, shipment, attention`],
];

/** Orders on their way for an hour, without lines and without anything that they wait for. */
export async function addShippedOrders(database: Database, count: number): Promise<void> {
  await database.$executeRaw`
    INSERT INTO orders (id, number, status, payment, fulfilment, customer_name, customer_email, shipping_address,
      currency, subtotal, shipping, discount, tax, total, payment_method, policy, started_at, updated_at)
    SELECT uuidv7(), 'O-' || n, 'shipped', 'captured', 'shipped', 'A shopper', 'shopper@example.com', '{}',
      'EUR', 1000, 0, 0, 0, 1000, 'pm_card_visa', '{}', now() - interval '1 hour', now() - interval '1 hour'
    FROM generate_series(1, ${count}::int) n`;
}

/**
 * Open orders in every state, as a large shop has them, with the rows that belong to them: of a hundred 60 are on their
 * way, 14 wait for the pick-up, 20 for the shopper's payment, and 6 for a carrier that makes no labels. Keys and events
 * are up to four months old. Of each kind that the sweeper repeats some are due, and some events match no order.
 */
export async function addOpenOrders(databaseUrl: string, count: number, due: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of openOrders(count, due)) await client.query(statement);
  } finally {
    await client.end();
  }
}

const openOrders = (count: number, due: number): readonly string[] => [
  `CREATE TABLE open_order AS
    SELECT n, uuidv7(-age) AS id, n % 100 AS kind, now() - age AS at
    FROM (SELECT n, (n % 120 + 1) * interval '1 day' + (n % 1000) * interval '1 second' AS age FROM generate_series(1, ${count}) n) o`,
  `INSERT INTO orders (id, number, status, payment, fulfilment, customer_name, customer_email, shipping_address, currency,
      subtotal, shipping, discount, tax, total, payment_method, policy, intent_id, intent_status, created_at, started_at, updated_at)
    SELECT id, 'P-' || n,
      CASE WHEN kind < 60 THEN 'shipped' WHEN kind < 74 THEN 'confirmed' WHEN kind < 94 THEN 'pending' ELSE 'confirmed' END,
      CASE WHEN kind BETWEEN 74 AND 93 THEN 'requires_action' ELSE 'captured' END,
      CASE WHEN kind < 60 THEN 'shipped' WHEN kind < 74 THEN 'ready' ELSE 'reserved' END,
      'A shopper', 'shopper-' || n || '@example.com', '{"line1": "1 High Street", "city": "London", "postalCode": "N1", "country": "GB"}',
      'EUR', 1000, 0, 0, 0, 1000, 'pm_card_visa', '{}', 'pi_' || n,
      CASE WHEN kind BETWEEN 74 AND 93 THEN 'requires_action' ELSE 'captured' END,
      at, CASE WHEN n > ${due} THEN at END, now() - (n % 3600) * interval '1 second'
    FROM open_order`,
  `INSERT INTO idempotency_key (principal, operation, key, request_hash, order_id, resource_id, created_at)
    SELECT 'shop', 'POST /orders', n::text, md5(n::text), CASE WHEN n % 2 = 0 THEN id END, n::text, at FROM open_order`,
  `INSERT INTO order_event (order_id, type, actor, at)
    SELECT id, t.type, t.actor, at FROM open_order,
      (VALUES ('order.accepted', 'service:shop'), ('stock.reserved', 'workflow'), ('payment.captured', 'gateway'), ('shipment.created', 'carrier')) t (type, actor)`,
  `INSERT INTO effect (key, order_id, state, request_hash, started_at, settled_at)
    SELECT id || e.suffix, id, CASE WHEN e.suffix = ':ship' AND kind >= 94 THEN 'started' ELSE 'done' END, md5(n::text), at, at
    FROM open_order, (VALUES (':charge:1'), (':confirm'), (':ship')) e (suffix)
    WHERE e.suffix <> ':ship' OR kind < 74 OR kind >= 94`,
  `INSERT INTO shipment (order_id, carrier, tracking_number, status)
    SELECT id, 'sandbox', 'PRC-' || n, CASE WHEN kind < 60 THEN 'in_transit' ELSE 'label_created' END FROM open_order WHERE kind < 74`,
  `INSERT INTO order_wait (order_id, placed_at, step, deadline, durable)
    SELECT id, at, CASE WHEN kind < 74 THEN 'deliver' WHEN kind < 94 THEN 'charge' ELSE 'ship' END, now() + interval '1 day', true FROM open_order`,
  `INSERT INTO inbox_event (id, provider, event_id, type, object_id, order_id, occurred_at, received_at, applied_at, verdict, report, signalled_at)
    SELECT uuidv7(-(now() - at)), e.provider, e.type || n, e.type,
      CASE e.provider WHEN 'carrier' THEN 'PRC-' || n ELSE 'pi_' || n END, id, at, at, at, 'news', 'shipped', at
    FROM open_order, (VALUES ('stripe', 'payment_intent.succeeded'), ('carrier', 'shipment.picked_up'), ('carrier', 'shipment.in_transit')) e (provider, type)
    WHERE e.provider = 'stripe' OR kind < 60`,
  // Waits for a carrier that is down; a hundredth of the orders has another question open.
  `INSERT INTO attention (id, order_id, kind, step, reason, opened_at)
    SELECT gen_random_uuid(), id, 'parked', 'ship', 'carrier_unreachable', at FROM open_order WHERE n % 100 = 1`,
  `INSERT INTO attention (id, order_id, kind, step, reason, opened_at, resolved_at, action, by, signalled_at)
    SELECT gen_random_uuid(), id, 'parked', 'charge', 'timeout', at, at, 'retry', 'service:ops',
      CASE WHEN n > ${due} THEN at END FROM open_order WHERE n % 10 = 2 OR n <= ${due}`,
  `INSERT INTO refund (id, order_id, amount, reason, requested_by, requested_at, started_at, settled_at)
    SELECT gen_random_uuid(), id, 100, 'goodwill', 'service:ops', at, CASE WHEN n > ${due} THEN at END, CASE WHEN n > ${2 * due} THEN at END
    FROM open_order WHERE n % 10 = 3 OR n <= ${2 * due}`,
  `INSERT INTO cancellation (order_id, state, requested_by, requested_at, signalled_at)
    SELECT id, 'requested', 'service:shop', at, CASE WHEN n > ${due} THEN at END FROM open_order WHERE n % 20 = 4 OR n <= ${due}`,
  `INSERT INTO payment_attempt (order_id, attempt, method, requested_by, requested_at, signalled_at)
    SELECT id, 2, 'pm_card_visa', 'service:shop', at, CASE WHEN n > ${due} THEN at END FROM open_order WHERE n % 20 = 5 OR n <= ${due}`,
  // Not signalled, not applied although the order or the parcel is known, and of no order.
  `UPDATE inbox_event SET signalled_at = NULL WHERE event_id IN (SELECT 'shipment.picked_up' || n FROM open_order WHERE kind < 60 LIMIT ${due})`,
  `INSERT INTO inbox_event (provider, event_id, type, object_id, occurred_at, received_at)
    SELECT 'carrier', 'early-' || n, 'shipment.in_transit', 'PRC-' || n, now(), now() - interval '1 minute' FROM open_order WHERE n <= ${due}
    UNION ALL
    SELECT 'stripe', 'early-' || n, 'charge.refunded', 'pi_' || n, now(), now() - interval '1 minute' FROM open_order WHERE n <= ${due}
    UNION ALL
    SELECT p, 'other-' || n, 'charge.refunded', 'other-' || n, now(), now() - n * interval '1 minute'
    FROM generate_series(1, ${10 * due}) n, (VALUES ('carrier'), ('stripe')) p (p)`,
  `DROP TABLE open_order`,
  `VACUUM ANALYZE`,
];
