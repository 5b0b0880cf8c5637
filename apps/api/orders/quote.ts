import { v7 as uuid } from 'uuid';

import type { PlaceOrder } from '#libs/contracts/http/order-request.api';
import { shippingFeeIn } from '#libs/config/shipping-fee';
import type { ProblemCode } from '#libs/contracts/http/problems';
import { amountRejection, type Currency, currencyOf } from '#libs/domain/money/currencies';
import { type Totals, totalsOf } from '#libs/domain/money/totals';
import type { Product } from '#libs/persistence/stock/catalogue.repository';
import type { LineRecord } from '#libs/persistence/orders/order-record';

import { ProblemError } from '../platform/problems/problem-error.js';
import type { Settings } from '../settings.js';

export interface Quote {
  readonly lines: readonly LineRecord[];
  readonly totals: Totals;
}

type Pricing = Pick<Settings, 'currencies' | 'taxRate' | 'shippingFee'>;

/**
 * Prices an order by line. Whether its products are sellable is checked later, by the validation step.
 *
 * @throws ProblemError when it cannot be priced, or its total differs from the expected one
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
  const currency = currencyOf(request.currency);
  refuseLines(
    'amount_not_chargeable',
    skus,
    (sku) => (catalogue.get(sku)?.unitPrice ?? 0) % currency.step !== 0,
  );
  const totals = chargeable(lines, shippingFeeIn(pricing.shippingFee, request.currency), currency);
  if (request.expectedTotal !== undefined && request.expectedTotal !== totals.total) {
    const detail = `The order costs ${totals.total} ${request.currency} (minor units), not ${request.expectedTotal}.`;
    throw new ProblemError('price_changed', detail, { totals });
  }
  return { lines, totals };
}

/** The totals of an order that can be charged. @throws ProblemError order_too_large, order_too_small */
function chargeable(lines: readonly LineRecord[], shippingFee: number, currency: Currency): Totals {
  const { code, minimum, maximum } = currency;
  const tooLarge = () =>
    new ProblemError('order_too_large', `At most ${maximum} ${code} (minor units) can be charged at once.`);
  // Checked before the exact sums: a hundred lines at the highest price exceed every exact integer.
  if (lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0) > maximum)
    throw tooLarge();
  const totals = totalsOf(lines, shippingFee, code);
  const rejection = totals.total === 0 ? null : amountRejection(totals.total, currency);
  if (rejection === null) return totals;
  if (rejection === 'too_large') throw tooLarge();
  if (rejection === 'not_a_step') throw new Error(`${totals.total} ${code} is the sum of chargeable parts`);
  throw new ProblemError(
    'order_too_small',
    `The order costs ${totals.total} ${code} (minor units); at least ${minimum} can be charged.`,
  );
}

const LINE_ERRORS = {
  duplicate_sku: 'already has a line',
  unknown_sku: 'is not in the catalogue',
  currency_not_supported: 'is priced in another currency',
  amount_not_chargeable: 'has a price that cannot be charged in its currency',
} as const satisfies Partial<Record<ProblemCode, string>>;

function refuseLines(
  code: keyof typeof LINE_ERRORS,
  skus: readonly string[],
  refused: (sku: string, index: number) => boolean,
): void {
  const errors = skus.flatMap((sku, index) =>
    refused(sku, index) ? [{ pointer: `/lines/${index}/sku`, detail: `${sku} ${LINE_ERRORS[code]}` }] : [],
  );
  if (errors.length > 0) throw new ProblemError(code, undefined, { errors });
}
