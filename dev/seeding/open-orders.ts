import { addTrails } from './order-trails.js';
import { seed, type Seeding } from './seed-statements.js';

/** Of the numbers of the orders. */
const PREFIX = 'P-';

/**
 * Open orders in every state, as a large shop has them, with the rows that belong to them: of a hundred 60 are on their
 * way, 14 wait for the pick-up, 20 for the shopper's payment, and 6 for a carrier that makes no labels. Keys and events
 * are up to four months old. Of each kind that the sweeper repeats some are due, and some events match no order.
 */
export async function addOpenOrders(databaseUrl: string, count: number, due: number): Promise<void> {
  await seed(databaseUrl, statements(count, due));
  await addTrails(databaseUrl, PREFIX);
  await seed(databaseUrl, [['VACUUM ANALYZE']]);
}

const statements = (count: number, due: number): readonly Seeding[] => [
  [
    `CREATE TABLE open_order AS
    SELECT n, uuidv7(-age) AS id, n % 100 AS kind, now() - age AS at
    FROM (SELECT n, (n % 120 + 1) * interval '1 day' + (n % 1000) * interval '1 second' AS age FROM generate_series(1, ${count}) n) o`,
  ],
  [
    `INSERT INTO orders (id, number, status, payment, fulfilment, customer_name, customer_email, shipping_address, currency,
      subtotal, shipping, discount, tax, total, payment_method, policy, intent_id, intent_status, created_at, started_at, updated_at)
    SELECT id, '${PREFIX}' || n,
      CASE WHEN kind < 60 THEN 'shipped' WHEN kind < 74 THEN 'confirmed' WHEN kind < 94 THEN 'pending' ELSE 'confirmed' END,
      CASE WHEN kind BETWEEN 74 AND 93 THEN 'requires_action' ELSE 'captured' END,
      CASE WHEN kind < 60 THEN 'shipped' WHEN kind < 74 THEN 'ready' ELSE 'reserved' END,
      'A shopper', 'shopper-' || n || '@example.com', '{"line1": "1 High Street", "city": "London", "postalCode": "N1", "country": "GB"}',
      'EUR', 1000, 0, 0, 0, 1000, 'pm_card_visa', '{}', 'pi_' || n,
      CASE WHEN kind BETWEEN 74 AND 93 THEN 'requires_action' ELSE 'captured' END,
      at, CASE WHEN n > ${due} THEN at END, now() - (n % 3600) * interval '1 second'
    FROM open_order`,
  ],
  // Of requests that are for no order.
  [
    `INSERT INTO idempotency_key (principal, operation, key, request_hash, resource_id, created_at)
    SELECT 'shop', 'addProduct', n::text, md5(n::text), n::text, at FROM open_order WHERE n % 2 = 0`,
  ],
  [
    `INSERT INTO effect (key, order_id, state, request_hash, started_at, settled_at)
    SELECT id || e.suffix, id, CASE WHEN e.suffix = ':ship' AND kind >= 94 THEN 'started' ELSE 'done' END, md5(n::text), at, at
    FROM open_order, (VALUES (':charge:1'), (':confirm'), (':ship')) e (suffix)
    WHERE e.suffix <> ':ship' OR kind < 74 OR kind >= 94`,
  ],
  [
    `INSERT INTO shipment (order_id, carrier, tracking_number, status)
    SELECT id, 'sandbox', 'PRC-' || n, CASE WHEN kind < 60 THEN 'in_transit' ELSE 'label_created' END FROM open_order WHERE kind < 74`,
  ],
  [
    `INSERT INTO order_wait (order_id, placed_at, step, deadline, durable)
    SELECT id, at, CASE WHEN kind < 74 THEN 'deliver' WHEN kind < 94 THEN 'charge' ELSE 'ship' END, now() + interval '1 day', true FROM open_order`,
  ],
  [
    `INSERT INTO inbox_event (id, provider, event_id, type, object_id, order_id, occurred_at, received_at, applied_at, verdict, report, signalled_at)
    SELECT uuidv7(-(now() - at)), e.provider, e.type || n, e.type,
      CASE e.provider WHEN 'carrier' THEN 'PRC-' || n ELSE 'pi_' || n END, id, at, at, at, 'news', 'shipped', at
    FROM open_order, (VALUES ('stripe', 'payment_intent.succeeded'), ('carrier', 'shipment.picked_up'), ('carrier', 'shipment.in_transit')) e (provider, type)
    WHERE e.provider = 'stripe' OR kind < 60`,
  ],
  // Waits for a carrier that is down; a hundredth of the orders has another question open.
  [
    `INSERT INTO attention (id, order_id, kind, step, reason, opened_at)
    SELECT gen_random_uuid(), id, 'parked', 'ship', 'carrier_unreachable', at FROM open_order WHERE n % 100 = 1`,
  ],
  [
    `INSERT INTO attention (id, order_id, kind, step, reason, opened_at, resolved_at, action, by, signalled_at)
    SELECT gen_random_uuid(), id, 'parked', 'charge', 'timeout', at, at, 'retry', 'service:ops',
      CASE WHEN n > ${due} THEN at END FROM open_order WHERE n % 10 = 2 OR n <= ${due}`,
  ],
  [
    `INSERT INTO refund (id, order_id, amount, reason, requested_by, requested_at, started_at, settled_at)
    SELECT gen_random_uuid(), id, 100, 'goodwill', 'service:ops', at, CASE WHEN n > ${due} THEN at END, CASE WHEN n > ${2 * due} THEN at END
    FROM open_order WHERE n % 10 = 3 OR n <= ${2 * due}`,
  ],
  [
    `INSERT INTO cancellation (order_id, state, requested_by, requested_at, signalled_at)
    SELECT id, 'requested', 'service:shop', at, CASE WHEN n > ${due} THEN at END FROM open_order WHERE n % 20 = 4 OR n <= ${due}`,
  ],
  [
    `INSERT INTO payment_attempt (order_id, attempt, method, requested_by, requested_at, signalled_at)
    SELECT id, 2, 'pm_card_visa', 'service:shop', at, CASE WHEN n > ${due} THEN at END FROM open_order WHERE n % 20 = 5 OR n <= ${due}`,
  ],
  // Not signalled, not applied although the order or the parcel is known, and of no order.
  [
    `UPDATE inbox_event SET signalled_at = NULL WHERE event_id IN (SELECT 'shipment.picked_up' || n FROM open_order WHERE kind < 60 LIMIT ${due})`,
  ],
  [
    `INSERT INTO inbox_event (provider, event_id, type, object_id, occurred_at, received_at)
    SELECT 'carrier', 'early-' || n, 'shipment.in_transit', 'PRC-' || n, now(), now() - interval '1 minute' FROM open_order WHERE n <= ${due}
    UNION ALL
    SELECT 'stripe', 'early-' || n, 'charge.refunded', 'pi_' || n, now(), now() - interval '1 minute' FROM open_order WHERE n <= ${due}
    UNION ALL
    SELECT p, 'other-' || n, 'charge.refunded', 'other-' || n, now(), now() - n * interval '1 minute'
    FROM generate_series(1, ${10 * due}) n, (VALUES ('carrier'), ('stripe')) p (p)`,
  ],
  [`DROP TABLE open_order`],
];
