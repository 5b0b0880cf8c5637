import { addTrails } from './order-trails.js';
import { seed, type Seeding } from './seed-statements.js';

export interface WaitingOrders {
  /** Of their numbers; no orders before have it. */
  readonly prefix: string;
  readonly count: number;
  /** Of the products: each order has the next two of them. */
  readonly skus: readonly string[];
}

/**
 * Adds orders that are paid and labelled, and wait for their parcel's delivery, as rows: they have no run at Temporal.
 * An operator has acknowledged that of each, so that the search for lost runs compares them and leaves them.
 */
export async function addWaitingOrders(databaseUrl: string, orders: WaitingOrders): Promise<void> {
  await seed(databaseUrl, statements(orders), { isTrusted: true });
  await addTrails(databaseUrl, orders.prefix);
}

const statements = ({ prefix, count, skus }: WaitingOrders): readonly Seeding[] => [
  [
    `
    INSERT INTO orders (id, number, status, payment, fulfilment, customer_id, customer_name, customer_email,
      shipping_address, currency, subtotal, shipping, discount, tax, total, payment_method, policy, created_at,
      started_at, updated_at)
    SELECT uuidv7(-age), $2::text || n, 'confirmed', 'captured', 'ready', 'C-' || n % 5000, 'A shopper',
      'shopper-' || n % 5000 || '@example.com',
      '{"line1": "1 High Street", "city": "London", "postalCode": "N1", "country": "GB"}', 'EUR', 1000, 0, 0, 0, 1000,
      'pm_card_visa', '{}', now() - age, now() - age, now() - age
    FROM (SELECT n, interval '1 hour' + n * interval '10 days' / $1::int AS age FROM generate_series(1, $1::int) n) each`,
    [count, prefix],
  ],
  [
    `
    INSERT INTO order_line (id, order_id, position, sku, name, quantity, unit_price, tax_rate, placed_at)
    SELECT gen_random_uuid(), o.id, p.position, ($1::text[])[(o.n * 2 + p.position) % cardinality($1::text[]) + 1],
      'Something', 1, 500, 0, o.created_at
    FROM (SELECT id, created_at, substr(number, length($2::text) + 1)::int AS n FROM orders
      WHERE starts_with(number, $2)) o, (VALUES (0), (1)) p (position)`,
    [skus, prefix],
  ],
  [
    `
    INSERT INTO reservation (order_id, sku, quantity)
    SELECT l.order_id, l.sku, l.quantity FROM orders o JOIN order_line l ON l.order_id = o.id
    WHERE starts_with(o.number, $1)`,
    [prefix],
  ],
  [
    `
    UPDATE product p SET reserved = p.reserved + held.quantity
    FROM (SELECT r.sku, sum(r.quantity)::int AS quantity FROM orders o JOIN reservation r ON r.order_id = o.id
      WHERE starts_with(o.number, $1) GROUP BY r.sku) held
    WHERE held.sku = p.sku`,
    [prefix],
  ],
  [
    `
    INSERT INTO shipment (order_id, carrier, tracking_number, status, created_at)
    SELECT id, 'sandbox', 'TRK-' || number, 'created', created_at FROM orders WHERE starts_with(number, $1)`,
    [prefix],
  ],
  [
    `
    INSERT INTO order_wait (order_id, placed_at, step, since, deadline, durable)
    SELECT id, created_at, 'deliver', created_at, created_at + interval '14 days', true
    FROM orders WHERE starts_with(number, $1)`,
    [prefix],
  ],
  [
    `
    INSERT INTO attention (id, order_id, kind, reason, opened_at, resolved_at, action, by, signalled_at, applied_at)
    SELECT gen_random_uuid(), id, 'run_closed', 'missing', started_at, now(), 'acknowledge', 'bench', now(), now()
    FROM orders WHERE starts_with(number, $1)`,
    [prefix],
  ],
];
