import type { Database } from './database.js';

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly currency: string;
  /** Minor units, without tax. */
  readonly unitPrice: number;
  readonly sellable: boolean;
}

/** What can be bought. */
export class CatalogueRepository {
  constructor(private readonly db: Database) {}

  async findBySkus(skus: readonly string[]): Promise<Product[]> {
    return this.db.$queryRaw<Product[]>`
      SELECT sku, name, currency, unit_price AS "unitPrice", sellable FROM product WHERE sku = ANY(${[...skus]})`;
  }

  /** Adds products with their first delivery of stock; those that exist stay as they are. @returns how many were added */
  async seed(products: readonly (Product & { readonly stock: number })[]): Promise<number> {
    return this.db.$executeRaw`
      WITH added AS (
        INSERT INTO product (sku, name, currency, unit_price, sellable, on_hand)
        SELECT sku, name, currency, "unitPrice", sellable, stock
        FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb)
          AS p (sku text, name text, currency text, "unitPrice" int, sellable boolean, stock int)
        ON CONFLICT (sku) DO NOTHING RETURNING sku, on_hand),
      received AS (
        INSERT INTO stock_movement (sku, kind, quantity) SELECT sku, 'received', on_hand FROM added WHERE on_hand > 0)
      SELECT sku FROM added`;
  }
}
