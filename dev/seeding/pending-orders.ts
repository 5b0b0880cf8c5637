import { seed } from './seed-statements.js';

export interface PendingOrders {
  /** Of their numbers; no orders before have it. */
  readonly prefix: string;
  readonly count: number;
  /** Of the products: each order has the next one of them. */
  readonly skus: readonly string[];
}

/** Adds orders that were accepted a moment ago, without a run. @returns their ids */
export async function addPendingOrders(databaseUrl: string, orders: PendingOrders): Promise<string[]> {
  const { prefix, count, skus } = orders;
  const rows = await seed<{ id: string }>(databaseUrl, [[PENDING, [prefix, count, skus]]]);
  return rows.map(({ id }) => id);
}

const PENDING = `
  WITH placed AS (
    INSERT INTO orders (id, number, status, payment, fulfilment, customer_name, customer_email, shipping_address,
      currency, subtotal, shipping, discount, tax, total, payment_method, policy, started_at)
    SELECT uuidv7(), $1::text || n, 'pending', 'none', 'none', 'A shopper', 'shopper@example.com',
      '{"line1": "1 High Street", "city": "London", "postalCode": "N1", "country": "GB"}',
      'EUR', 990, 0, 0, 0, 990, 'pm_card_visa', '{}', now()
    FROM generate_series(1, $2::int) n
    RETURNING id, created_at, substr(number, length($1::text) + 1)::int AS n)
  INSERT INTO order_line (id, order_id, position, sku, name, quantity, unit_price, tax_rate, placed_at)
  SELECT gen_random_uuid(), id, 0, ($3::text[])[n % cardinality($3::text[]) + 1], 'Something', 1, 990, 0, created_at
  FROM placed
  RETURNING order_id::text AS id`;
