import type { Database } from '#libs/persistence/database/database';

import { seed, type Seeding } from './seed-statements.js';

/**
 * Orders as a shop has them after a while: most are delivered, a few are on their way or went wrong; half of them have
 * the same product in them, one in a hundred has an open attention, and a few in transit have another wait.
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
    FROM orders o, (VALUES ('deliver', NULL, 1), ('confirm', 'mail_unreachable', 300), ('charge', NULL, 200)) w (step, error, every)
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
