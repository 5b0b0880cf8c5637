import { z } from 'zod';

import { minorUnits } from './money.api.js';
import { pageSize } from './page-size.api.js';
import { Sku } from './sku.api.js';
import { text } from './text.api.js';
import { Uuid } from './uuid.api.js';

const PRODUCT = { name: 'Mug, blue', currency: 'EUR', unitPrice: 1990, sellable: true } as const;

/** A product, as every answer shows it. */
export const ProductView = z
  .object({
    sku: z.string(),
    name: z.string(),
    currency: z.string().describe('ISO 4217'),
    unitPrice: minorUnits.describe('Minor units, without tax'),
    sellable: z.boolean(),
    onHand: z.int().min(0).describe('Units in stock'),
    reserved: z.int().min(0).describe('Of these, units that orders hold'),
    available: z.int().min(0).describe('Units that can be ordered'),
  })
  .meta({ id: 'Product' });
export type ProductView = z.output<typeof ProductView>;

/** The query of `GET /products`. */
export const ListProducts = z.strictObject({
  cursor: Sku.optional().describe('`nextCursor` of the page before'),
  limit: pageSize(200, 50),
});
export type ListProducts = z.output<typeof ListProducts>;

export const ProductList = z
  .object({
    data: z.array(ProductView).describe('By SKU'),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'ProductList' });
export type ProductList = z.output<typeof ProductList>;

/** What names a product in an address. */
export const ProductAddress = z.strictObject({ sku: Sku });
export type ProductAddress = z.output<typeof ProductAddress>;

/** The body of `PUT /products/{sku}`. */
export const PutProduct = z
  .strictObject({
    name: text(200),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as EUR')
      .describe('ISO 4217'),
    unitPrice: minorUnits.describe('Minor units, without tax'),
    sellable: z.boolean(),
  })
  .meta({ id: 'PutProduct', examples: [PRODUCT] });
export type PutProduct = z.output<typeof PutProduct>;

/** The body of `POST /products/{sku}/stock-adjustments`. */
export const AdjustStock = z
  .strictObject({
    quantity: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .refine((quantity) => quantity !== 0, 'must not be 0')
      .meta({ not: { const: 0 } })
      .describe('Units that came, or with a minus went'),
    reason: text(200).describe('Why, for the next stock-taking; without personal data'),
  })
  .meta({
    id: 'AdjustStock',
    examples: [
      { quantity: 200, reason: 'Delivery 4711' },
      { quantity: -2, reason: 'Broken in the warehouse' },
    ],
  });
export type AdjustStock = z.output<typeof AdjustStock>;

/** What names a stock adjustment in an address. */
export const StockAdjustmentAddress = ProductAddress.extend({ adjustmentId: Uuid });
export type StockAdjustmentAddress = z.output<typeof StockAdjustmentAddress>;

/** A correction of stock. It is never changed; another one corrects it. */
export const StockAdjustmentView = z
  .object({
    id: z.uuid(),
    sku: z.string(),
    quantity: z.int(),
    reason: z.string(),
    by: z.string(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'StockAdjustment' });
export type StockAdjustmentView = z.output<typeof StockAdjustmentView>;
