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

const LedgerRow = z.object({
  gateway: z.int(),
  deposits: z.int(),
  payable: z.int(),
  sum: z.int(),
});
/** The balances of an order's accounts, in minor units; debits are positive. */
export type LedgerRow = z.output<typeof LedgerRow>;

const SumsRow = z.object({
  paid: z.int(),
  returned: z.int(),
  gateway: z.int(),
  transactions: z.int(),
  unbalanced: z.int(),
  delivered: z.int(),
  cancelled: z.int(),
  unfinished: z.int(),
  wrongStock: z.int(),
  held: z.int(),
});
export type SumsRow = z.output<typeof SumsRow>;

/** Amounts as JavaScript's numbers, which the driver does not make of 64 bits. */
const ORDER = `
  SELECT status, payment, fulfilment, end_code AS "end", total::float8 AS total, currency, closed_at IS NOT NULL AS closed
  FROM orders WHERE id = $1`;

const STOCK = `SELECT on_hand AS "onHand", reserved FROM product WHERE sku = $1`;

const LEDGER = `
  SELECT
    COALESCE(sum(e.amount) FILTER (WHERE e.account = 'gateway'), 0)::float8 AS gateway,
    COALESCE(sum(e.amount) FILTER (WHERE e.account = 'customer_deposits'), 0)::float8 AS deposits,
    COALESCE(sum(e.amount) FILTER (WHERE e.account = 'refunds_payable'), 0)::float8 AS payable,
    COALESCE(sum(e.amount), 0)::float8 AS sum
  FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id WHERE t.order_id = $1`;

const SUMS = `
  WITH booked AS (
    SELECT kind, amount,
      (SELECT COALESCE(sum(e.amount), 0) FROM ledger_entry e WHERE e.transaction_id = t.id) AS sum,
      (SELECT COALESCE(sum(e.amount), 0) FROM ledger_entry e
        WHERE e.transaction_id = t.id AND e.account = 'gateway') AS gateway
    FROM ledger_transaction t)
  SELECT
    (SELECT COALESCE(sum(amount) FILTER (WHERE kind = 'captured'), 0)::float8 FROM booked) AS paid,
    (SELECT COALESCE(sum(amount) FILTER (WHERE kind IN ('refund_succeeded', 'refund_adopted')), 0)::float8
      FROM booked) AS returned,
    (SELECT COALESCE(sum(gateway), 0)::float8 FROM booked) AS gateway,
    (SELECT count(*)::int FROM booked) AS transactions,
    (SELECT count(*)::int FROM booked WHERE sum <> 0) AS unbalanced,
    count(*) FILTER (WHERE status = 'delivered')::int AS delivered,
    count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
    (count(*) FILTER (WHERE closed_at IS NULL)
      + (SELECT count(*) FROM attention WHERE resolved_at IS NULL)
      + (SELECT count(*) FROM discrepancy WHERE closed_at IS NULL))::int AS unfinished,
    (SELECT count(*)::int FROM product p WHERE on_hand <>
      (SELECT COALESCE(sum(quantity), 0) FROM stock_movement m WHERE m.sku = p.sku)) AS "wrongStock",
    (SELECT COALESCE(sum(reserved), 0)::int FROM product) AS held
  FROM orders`;

/** The database, queried directly: the product's own queries are part of what is checked. */
export class DatabaseRecords {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 1 });
    // The server may be stopped before this; a query fails where that matters.
    this.pool.on('error', () => {});
  }

  async order(id: string): Promise<OrderRow> {
    return OrderRow.parse(await this.row(ORDER, [id]));
  }

  async stock(sku: string): Promise<StockRow> {
    return StockRow.parse(await this.row(STOCK, [sku]));
  }

  async ledger(orderId: string): Promise<LedgerRow> {
    return LedgerRow.parse(await this.row(LEDGER, [orderId]));
  }

  /** The tables that have a text anywhere in them. */
  async tablesWith(text: string): Promise<string[]> {
    const { rows: tables } = await this.pool.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const query = `SELECT FROM ${pg.escapeIdentifier(name)} t WHERE position($1 in t::text) > 0 LIMIT 1`;
      const { rowCount } = await this.pool.query(query, [text]);
      if (rowCount !== 0) found.push(name);
    }
    return found;
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
