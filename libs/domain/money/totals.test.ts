import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CURRENCIES } from './currencies.js';
import { totalsOf } from './totals.js';

const line = fc.record({
  sku: fc.string(),
  quantity: fc.integer({ min: 1, max: 999 }),
  unitPrice: fc.integer({ min: 0, max: 1_000_000 }),
  taxRate: fc.integer({ min: 0, max: 100_000 }).map((hundredThousandths) => hundredThousandths / 100_000),
});
const lines = fc.array(line, { maxLength: 20 });
const fee = fc.integer({ min: 0, max: 1_000_000 });

describe('what an order costs', () => {
  it('is goods, shipping and tax: a worked example', () => {
    const mug = { sku: 'MUG', quantity: 2, unitPrice: 1990, taxRate: 0.19 }; // 39.80 and 7.562 tax
    const tea = { sku: 'TEA', quantity: 1, unitPrice: 850, taxRate: 0.07 }; // 8.50 and 0.595 tax
    expect(totalsOf([mug, tea], 490, 'EUR')).toEqual({
      subtotal: 4830,
      shipping: 490,
      discount: 0,
      tax: 816,
      total: 6136,
    });
  });

  it('is the sum of its parts, whole minor units all', () => {
    fc.assert(
      fc.property(lines, fee, (priced, shippingFee) => {
        const totals = totalsOf(priced, shippingFee, 'EUR');
        expect(totals.subtotal).toBe(priced.reduce((sum, l) => sum + l.unitPrice * l.quantity, 0));
        expect(totals.shipping).toBe(shippingFee);
        expect(totals.discount).toBe(0);
        expect(totals.total).toBe(totals.subtotal + totals.shipping - totals.discount + totals.tax);
        expect(Object.values(totals).every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });

  it('rounds tax once per line, half up, not per piece and not on the sum', () => {
    // 0.5 cents of tax each: three lines owe three cents, one line of three owes two (1.5).
    const piece = { sku: 'PIN', quantity: 1, unitPrice: 5, taxRate: 0.1 };
    expect(totalsOf([piece, piece, piece], 0, 'EUR').tax).toBe(3);
    expect(totalsOf([{ ...piece, quantity: 3 }], 0, 'EUR').tax).toBe(2);
  });

  it('is the same in whatever order the lines come, and each line is taxed by itself', () => {
    fc.assert(
      fc.property(lines, fee, (priced, shippingFee) => {
        const totals = totalsOf(priced, shippingFee, 'EUR');
        expect(totalsOf([...priced].reverse(), shippingFee, 'EUR')).toEqual(totals);
        const taxes = priced.map((one) => totalsOf([one], 0, 'EUR').tax);
        expect(totals.tax).toBe(taxes.reduce((sum, tax) => sum + tax, 0));
      }),
    );
  });

  it('does not tax shipping', () => {
    expect(totalsOf([], 490, 'EUR')).toMatchObject({ shipping: 490, tax: 0, total: 490 });
  });

  it('is nothing for a gift that ships free', () => {
    const gift = { sku: 'GIFT', quantity: 5, unitPrice: 0, taxRate: 0.19 };
    expect(totalsOf([gift], 0, 'EUR').total).toBe(0);
  });

  it('can be charged in its currency where the prices can', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CURRENCIES.values()),
        lines,
        fee,
        ({ code, step }, priced, shippingFee) => {
          const inSteps = priced.map((one) => ({ ...one, unitPrice: one.unitPrice * step }));
          const totals = totalsOf(inSteps, shippingFee * step, code);
          expect(Object.values(totals).every((amount) => amount % step === 0)).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['JPY', 1_480, 0, 148, 1_628],
    ['KWD', 12_350, 0, 1_240, 13_590],
    ['ISK', 450_000, 0, 45_000, 495_000],
    ['IDR', 2_500_000_000, 0, 250_000_000, 2_750_000_000],
  ])('in %s: %i and a tenth of it', (currency, unitPrice, shipping, tax, total) => {
    expect(totalsOf([{ sku: 'A', quantity: 1, unitPrice, taxRate: 0.1 }], shipping, currency)).toEqual({
      subtotal: unitPrice,
      shipping,
      discount: 0,
      tax,
      total,
    });
  });
});
