import pg from 'pg';
import { z } from 'zod';

const Row = z.object({
  orders: z.int(),
  delivered: z.int(),
  closed: z.int(),
  captured: z.int(),
  shipments: z.int(),
  attention: z.int(),
});
export type OrderCounts = z.output<typeof Row>;

const QUERY = `
  SELECT
    (SELECT count(*)::int FROM orders) AS orders,
    (SELECT count(*)::int FROM orders WHERE status = 'delivered' AND closed_at IS NOT NULL) AS delivered,
    (SELECT count(*)::int FROM order_event WHERE type = 'order.closed') AS closed,
    (SELECT count(*)::int FROM order_event WHERE type = 'payment.captured') AS captured,
    (SELECT count(*)::int FROM shipment) AS shipments,
    (SELECT count(*)::int FROM attention) AS attention`;

/** How many orders there are, by outcome. Read between rounds, as the query itself costs time. */
export async function countOrders(url: string): Promise<OrderCounts> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Row.parse((await client.query<Record<string, unknown>>(QUERY)).rows[0]);
  } finally {
    await client.end();
  }
}
