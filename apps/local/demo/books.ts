import pg from 'pg';
import { z } from 'zod';

const OrderRow = z.object({
  status: z.string(),
  payment: z.string(),
  fulfilment: z.string(),
  end: z.string().nullable(),
  total: z.int(),
  currency: z.string(),
  closed: z.boolean(),
});
export type OrderRow = z.output<typeof OrderRow>;

const StockRow = z.object({ onHand: z.int(), reserved: z.int() });
export type StockRow = z.output<typeof StockRow>;

const SumsRow = z.object({
  paid: z.int(),
  returned: z.int(),
  delivered: z.int(),
  unfinished: z.int(),
  wrongStock: z.int(),
  held: z.int(),
});
export type SumsRow = z.output<typeof SumsRow>;

const ORDER = `
  SELECT status, payment, fulfilment, end_code AS "end", total, currency, closed_at IS NOT NULL AS closed
  FROM orders WHERE id = $1`;

const STOCK = `SELECT on_hand AS "onHand", reserved FROM product WHERE sku = $1`;

const SUMS = `
  SELECT
    COALESCE(sum(total) FILTER (WHERE payment IN ('captured', 'refunded')), 0)::int AS paid,
    COALESCE(sum(total) FILTER (WHERE payment = 'refunded'), 0)::int AS returned,
    count(*) FILTER (WHERE status = 'delivered')::int AS delivered,
    (count(*) FILTER (WHERE closed_at IS NULL)
      + (SELECT count(*) FROM attention WHERE resolved_at IS NULL))::int AS unfinished,
    (SELECT count(*)::int FROM product p WHERE on_hand <>
      (SELECT COALESCE(sum(quantity), 0) FROM stock_movement m WHERE m.sku = p.sku)) AS "wrongStock",
    (SELECT COALESCE(sum(reserved), 0)::int FROM product) AS held
  FROM orders`;

/** The database, asked directly: the product's own queries are part of what is on trial. */
export class Books {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 1 });
    // It is stopped before or after this, as it comes; a query says so where it matters.
    this.pool.on('error', () => {});
  }

  async order(id: string): Promise<OrderRow> {
    return OrderRow.parse(await this.row(ORDER, [id]));
  }

  async stock(sku: string): Promise<StockRow> {
    return StockRow.parse(await this.row(STOCK, [sku]));
  }

  /** Of all orders and products. Amounts are minor units. */
  async sums(): Promise<SumsRow> {
    return SumsRow.parse(await this.row(SUMS, []));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async row(query: string, values: readonly string[]): Promise<unknown> {
    const { rows } = await this.pool.query<Record<string, unknown>>(query, [...values]);
    return rows[0];
  }
}
