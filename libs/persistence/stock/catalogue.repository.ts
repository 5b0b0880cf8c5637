// Raw SQL: every order reads its products by one statement; products are put and seeded without a race.
import type { OrderId } from '#libs/domain/order/order-id';

import type { Database } from '../database/database.js';
import { type Product as ProductModel, Prisma } from '../generated/client.js';
import type { OrderListener } from '../orders/order-listener.js';
import { OrderNotFound, type OrderRecord } from '../orders/order-record.js';
import { selectOrders } from '../orders/order-record.sql.js';

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly currency: string;
  /** Minor units, without tax. */
  readonly unitPrice: number;
  readonly sellable: boolean;
}

/** A product with its stock: units there are, and of these what orders hold. */
export interface StockedProduct extends Product {
  readonly onHand: number;
  readonly reserved: number;
}

const STOCKED = Prisma.sql`p.sku, p.name, p.currency, p.unit_price AS "unitPrice", p.sellable, p.on_hand AS "onHand", p.reserved`;

/** As numbers: the database holds no price past 2^53. */
const stocked = ({ unitPrice, ...product }: ProductModel): StockedProduct => ({
  ...product,
  unitPrice: Number(unitPrice),
});

/** The products. */
export class CatalogueRepository {
  constructor(
    private readonly db: Database,
    private readonly listener?: OrderListener,
  ) {}

  async findBySkus(skus: readonly string[]): Promise<Product[]> {
    return this.db.$queryRaw<Product[]>`
      SELECT sku, name, currency, unit_price AS "unitPrice", sellable FROM product WHERE sku = ANY(${[...skus]})`;
  }

  /** By SKU. @param after only what comes after this one */
  async list({ after, limit }: { after?: string; limit: number }): Promise<StockedProduct[]> {
    const products = await this.db.product.findMany({
      ...(after === undefined ? {} : { where: { sku: { gt: after } } }),
      orderBy: { sku: 'asc' },
      take: limit,
    });
    return products.map(stocked);
  }

  async find(sku: string): Promise<StockedProduct | null> {
    const product = await this.db.product.findUnique({ where: { sku } });
    return product && stocked(product);
  }

  /** Creates or replaces a product; its stock stays as it is. */
  async put(product: Product): Promise<{ product: StockedProduct; isNew: boolean }> {
    const { sku, name, currency, unitPrice, sellable } = product;
    const [row] = await this.db.$queryRaw<(StockedProduct & { isNew: boolean })[]>`
      INSERT INTO product AS p (sku, name, currency, unit_price, sellable)
      VALUES (${sku}, ${name}, ${currency}, ${unitPrice}, ${sellable})
      ON CONFLICT (sku) DO UPDATE SET name = EXCLUDED.name, currency = EXCLUDED.currency,
        unit_price = EXCLUDED.unit_price, sellable = EXCLUDED.sellable
      RETURNING ${STOCKED}, old.sku IS NULL AS "isNew"`;
    if (!row) throw new Error(`product ${sku} was neither created nor replaced`);
    const { isNew, ...put } = row;
    return { product: put, isNew };
  }

  /** An order with the products of its lines, as the catalogue has them now. @throws OrderNotFound */
  async findForOrder(id: OrderId): Promise<{ order: OrderRecord; products: Product[] }> {
    const rows = await this.db.$queryRaw<{ order: OrderRecord; products: Product[] }[]>(
      selectOrders(
        Prisma.sql`(SELECT * FROM orders WHERE id = ${id}::uuid)`,
        Prisma.sql`(SELECT COALESCE(jsonb_agg(jsonb_build_object('sku', p.sku, 'name', p.name,
            'currency', p.currency, 'unitPrice', p.unit_price, 'sellable', p.sellable)), '[]')
          FROM product p JOIN order_line l USING (sku) WHERE l.order_id = o.id) AS products`,
      ),
    );
    const row = rows[0];
    if (!row) throw new OrderNotFound(`no order ${id}`);
    this.listener?.read(row.order);
    return row;
  }

  /** Adds products with their first delivery of stock; those that exist stay as they are. @returns how many were added */
  async seed(products: readonly (Product & { readonly stock: number })[]): Promise<number> {
    return this.db.$executeRaw`
      WITH added AS (
        INSERT INTO product (sku, name, currency, unit_price, sellable, on_hand)
        SELECT sku, name, currency, "unitPrice", sellable, stock
        FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb)
          AS p (sku text, name text, currency text, "unitPrice" bigint, sellable boolean, stock int)
        ON CONFLICT (sku) DO NOTHING RETURNING sku, on_hand),
      received AS (
        INSERT INTO stock_movement (sku, kind, quantity) SELECT sku, 'received', on_hand FROM added WHERE on_hand > 0)
      SELECT sku FROM added`;
  }
}
