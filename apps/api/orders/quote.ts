import { v7 as uuid } from 'uuid';

import type { PlaceOrder } from '#libs/contracts/order-request.api';
import type { ProblemCode } from '#libs/contracts/problems';
import { type Totals, totalsOf } from '#libs/order/totals';
import type { Product } from '#libs/store/catalogue.repository';
import type { LineRecord } from '#libs/store/order-record';

import { ProblemError } from '../http/problem-error.js';
import type { Settings } from '../settings.js';

/** What PostgreSQL's integer holds, and more than any provider charges at once. */
const LARGEST_TOTAL = 2_147_483_647;

export interface Quote {
  readonly lines: readonly LineRecord[];
  readonly totals: Totals;
}

type Pricing = Pick<Settings, 'currencies' | 'taxRate' | 'shippingFee'>;

/**
 * What an order costs now, line by line. Whether it can be bought at all is asked later, by the first step.
 *
 * @throws ProblemError when it cannot be priced, or costs other than expected
 */
export function quote(request: PlaceOrder, products: readonly Product[], pricing: Pricing): Quote {
  const catalogue = new Map(products.map((product) => [product.sku, product]));
  const skus = request.lines.map((line) => line.sku);
  refuseLines('duplicate_sku', skus, (sku, index) => skus.indexOf(sku) !== index);
  refuseLines('unknown_sku', skus, (sku) => !catalogue.has(sku));
  if (!pricing.currencies.includes(request.currency)) {
    const detail = `is not one of ${pricing.currencies.join(', ')}`;
    throw new ProblemError('currency_not_supported', undefined, {
      errors: [{ pointer: '/currency', detail }],
    });
  }
  refuseLines('currency_not_supported', skus, (sku) => catalogue.get(sku)?.currency !== request.currency);

  const lines = request.lines.flatMap(({ sku, quantity }): LineRecord[] => {
    const product = catalogue.get(sku);
    if (!product) return [];
    const { name, unitPrice } = product;
    return [{ id: uuid(), sku, name, quantity, unitPrice, taxRate: pricing.taxRate }];
  });
  const totals = totalsOf(lines, pricing.shippingFee, request.currency);
  if (totals.total > LARGEST_TOTAL) throw new ProblemError('order_too_large');
  if (request.expectedTotal !== undefined && request.expectedTotal !== totals.total) {
    const detail = `The order costs ${totals.total} ${request.currency} (minor units), not ${request.expectedTotal}.`;
    throw new ProblemError('price_changed', detail, { totals });
  }
  return { lines, totals };
}

const REFUSALS = {
  duplicate_sku: 'has a line already',
  unknown_sku: 'is not in the catalogue',
  currency_not_supported: 'is priced in another currency',
} as const satisfies Partial<Record<ProblemCode, string>>;

function refuseLines(
  code: keyof typeof REFUSALS,
  skus: readonly string[],
  refused: (sku: string, index: number) => boolean,
): void {
  const errors = skus.flatMap((sku, index) =>
    refused(sku, index) ? [{ pointer: `/lines/${index}/sku`, detail: `${sku} ${REFUSALS[code]}` }] : [],
  );
  if (errors.length > 0) throw new ProblemError(code, undefined, { errors });
}
