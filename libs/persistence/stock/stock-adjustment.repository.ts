// Raw SQL: stock is checked, moved and explained by one statement.
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { insertIdempotencyKey } from '../requests/idempotency-key.sql.js';

export interface NewStockAdjustment {
  readonly id: string;
  readonly sku: string;
  /** Units that came, or, below 0, went. */
  readonly quantity: number;
  readonly reason: string;
  readonly by: string;
}

export interface StockAdjustment extends NewStockAdjustment {
  readonly at: string;
}

/** PostgreSQL's integer. */
const LARGEST_STOCK = 2_147_483_647;

/** Corrections of stock by people, each a separate movement. */
export class StockAdjustmentRepository {
  constructor(private readonly db: Database) {}

  /** Stores an adjustment and its effect on stock, once for each request key; never below what orders hold. */
  async adjust(
    { id, sku, quantity, reason, by }: NewStockAdjustment,
    request: ScopedIdempotencyKey,
  ): Promise<'adjusted' | 'key_taken' | 'no_product' | 'reserved' | 'too_large'> {
    const [stock] = await this.db.$queryRaw<{ left: number; isReserved: boolean; written: boolean }[]>`
      WITH stock AS (
        SELECT sku, on_hand::bigint + ${quantity}::int AS left, reserved FROM product WHERE sku = ${sku} FOR UPDATE),
      asked AS (${insertIdempotencyKey(request, {
        resourceId: id,
        from: Prisma.sql`stock WHERE stock.left BETWEEN stock.reserved AND ${LARGEST_STOCK}::int`,
      })}),
      moved AS (
        INSERT INTO stock_movement (id, sku, kind, quantity, reason, by)
        SELECT ${id}::uuid, ${sku}, 'adjusted', ${quantity}::int, ${reason}, ${by} FROM asked),
      stocked AS (
        UPDATE product p SET on_hand = p.on_hand + ${quantity}::int FROM stock, asked WHERE p.sku = stock.sku)
      SELECT stock.left, stock.left < stock.reserved AS "isReserved", EXISTS (SELECT 1 FROM asked) AS written FROM stock`;
    if (!stock) return 'no_product';
    if (stock.written) return 'adjusted';
    if (stock.isReserved) return 'reserved';
    return stock.left > LARGEST_STOCK ? 'too_large' : 'key_taken';
  }

  async find(id: string): Promise<StockAdjustment | null> {
    const row = await this.db.stockMovement.findUnique({
      where: { id, kind: 'adjusted' },
      select: { id: true, sku: true, quantity: true, reason: true, by: true, at: true },
    });
    // The database refuses an adjustment without these two.
    if (!row || row.reason === null || row.by === null) return null;
    return { ...row, reason: row.reason, by: row.by, at: row.at.toISOString() };
  }
}
