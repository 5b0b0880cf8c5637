import { describe, expect, it } from 'vitest';

import type { PlaceOrder } from '#libs/contracts/http/order-request.api';
import type { Product } from '#libs/persistence/stock/catalogue.repository';

import { ProblemError } from '../platform/problems/problem-error.js';
import { quote } from './quote.js';

describe('a quote', () => {
  it('prices each line, with tax and shipping', () => {
    const { lines, totals } = quote(order({ sku: 'MUG', quantity: 2 }), catalogue, pricing);
    expect(lines).toMatchObject([{ sku: 'MUG', name: 'Mug', quantity: 2, unitPrice: 1990, taxRate: 0.19 }]);
    expect(totals).toEqual({ subtotal: 3980, shipping: 490, discount: 0, tax: 756, total: 5226 });
  });

  it('lists every line of a SKU that was listed before', () => {
    const twice = order(
      { sku: 'MUG', quantity: 1 },
      { sku: 'CUP', quantity: 1 },
      { sku: 'MUG', quantity: 1 },
    );
    expect(refusalOf(twice)).toMatchObject({ code: 'duplicate_sku', errors: [{ pointer: '/lines/2/sku' }] });
  });

  it('lists every unknown SKU', () => {
    const strange = order({ sku: 'A', quantity: 1 }, { sku: 'MUG', quantity: 1 }, { sku: 'B', quantity: 1 });
    expect(refusalOf(strange)).toMatchObject({
      code: 'unknown_sku',
      errors: [{ pointer: '/lines/0/sku' }, { pointer: '/lines/2/sku' }],
    });
  });

  it('refuses a currency that orders cannot be placed in', () => {
    const pounds = { ...order({ sku: 'MUG', quantity: 1 }), currency: 'GBP' };
    expect(refusalOf(pounds)).toMatchObject({
      code: 'currency_not_supported',
      errors: [{ pointer: '/currency' }],
    });
  });

  it('refuses a product that is priced in another currency', () => {
    const dollars = { ...order({ sku: 'MUG', quantity: 1 }), currency: 'USD' };
    expect(refusalOf(dollars)).toMatchObject({
      code: 'currency_not_supported',
      errors: [{ pointer: '/lines/0/sku' }],
    });
  });

  it('refuses a total outside the chargeable range, and names the range', () => {
    expect(refusalOf(order({ sku: 'GOLD', quantity: 1 }))).toBeUndefined();
    expect(refusalOf(order({ sku: 'GOLD', quantity: 2 }))).toMatchObject({
      code: 'order_too_large',
      detail: 'At most 99999999 EUR (minor units) can be charged at once.',
    });
    expect(refusalOf(order({ sku: 'PIN', quantity: 41 }), { ...pricing, shippingFee: 0 })).toMatchObject({
      code: 'order_too_small',
      detail: 'The order costs 49 EUR (minor units); at least 50 can be charged.',
    });
    expect(refusalOf(order({ sku: 'PIN', quantity: 42 }), { ...pricing, shippingFee: 0 })).toBeUndefined();
    expect(refusalOf(order({ sku: 'GIFT', quantity: 1 }), { ...pricing, shippingFee: 0 })).toBeUndefined();
  });

  it('refuses a sum beyond the exact integers in the same way', () => {
    const lines = Array.from({ length: 100 }, (_, at) => ({ sku: `YACHT-${at}`, quantity: 1_000 }));
    const yachts = lines.map(({ sku }) => ({
      ...{ sku, name: 'Yacht', currency: 'IDR', sellable: true },
      unitPrice: 999_999_999_999,
    }));
    const fleet = { ...order(...lines), currency: 'IDR' };
    expect(refusalOf(fleet, { ...pricing, currencies: ['IDR'] }, yachts)).toMatchObject({
      code: 'order_too_large',
      detail: 'At most 999999999999 IDR (minor units) can be charged at once.',
    });
  });

  it.each([
    ['JPY', 12_345, 13_470],
    ['KWD', 12_340, 13_380],
    ['IDR', 2_500_000_000, 2_687_500_090],
  ])('charges tax and its own shipping fee in %s', (currency, unitPrice, total) => {
    const shippingFee = new Map([
      ['JPY', 199],
      ['KWD', 110],
      ['IDR', 90],
    ]);
    const rules = { currencies: ['IDR', 'JPY', 'KWD'], taxRate: 0.075, shippingFee };
    const goods = [{ sku: 'LAPTOP', name: 'Laptop', currency, unitPrice, sellable: true }];
    const one = { ...order({ sku: 'LAPTOP', quantity: 1 }), currency };
    expect(quote(one, goods, rules).totals.total).toBe(total);
  });

  it('refuses a price that cannot be charged in its currency', () => {
    const goods = [{ sku: 'DATES', name: 'Dates', currency: 'KWD', unitPrice: 1_995, sellable: true }];
    const dates = { ...order({ sku: 'DATES', quantity: 10 }), currency: 'KWD' };
    expect(refusalOf(dates, { ...pricing, currencies: ['KWD'] }, goods)).toMatchObject({
      code: 'amount_not_chargeable',
      errors: [{ pointer: '/lines/0/sku' }],
    });
  });

  it('reports the total when another was expected', () => {
    const expecting = { ...order({ sku: 'MUG', quantity: 2 }), expectedTotal: 3980 };
    expect(refusalOf(expecting)).toMatchObject({ code: 'price_changed', totals: { total: 5226 } });
    expect(quote({ ...expecting, expectedTotal: 5226 }, catalogue, pricing).totals.total).toBe(5226);
  });

  it('leaves it to the first step whether a product is for sale', () => {
    expect(quote(order({ sku: 'CUP', quantity: 1 }), catalogue, pricing).lines).toHaveLength(1);
  });
});

const pricing = { currencies: ['EUR', 'USD'], taxRate: 0.19, shippingFee: 490 };
const catalogue: Product[] = [
  { sku: 'MUG', name: 'Mug', currency: 'EUR', unitPrice: 1990, sellable: true },
  { sku: 'CUP', name: 'Cup', currency: 'EUR', unitPrice: 990, sellable: false },
  { sku: 'GOLD', name: 'Gold', currency: 'EUR', unitPrice: 60_000_000, sellable: true },
  { sku: 'PIN', name: 'Pin', currency: 'EUR', unitPrice: 1, sellable: true },
  { sku: 'GIFT', name: 'Gift', currency: 'EUR', unitPrice: 0, sellable: true },
];

const order = (...lines: PlaceOrder['lines']): PlaceOrder => ({
  customer: { name: 'Ada', email: 'ada@example.com' },
  shippingAddress: { line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10827', country: 'DE' },
  currency: 'EUR',
  lines,
  payment: { method: 'pm_card_visa' },
});

function refusalOf(
  request: PlaceOrder,
  rules: Parameters<typeof quote>[2] = pricing,
  goods: readonly Product[] = catalogue,
): ProblemError | undefined {
  try {
    quote(request, goods, rules);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  return undefined;
}
