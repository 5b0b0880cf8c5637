import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { amountRejection, CURRENCIES, currencyOf, LARGEST_AMOUNT } from './currencies.js';

const anyCurrency = fc.constantFrom(...CURRENCIES.values());

describe('the table of currencies', () => {
  it.each([
    ['EUR', { digits: 2, step: 1, minimum: 50, maximum: 99_999_999 }],
    ['JPY', { digits: 0, step: 1, minimum: 50, maximum: 99_999_999 }],
    ['KWD', { digits: 3, step: 10, minimum: 10, maximum: 99_999_990 }],
    ['ISK', { digits: 2, step: 100, minimum: 100, maximum: 99_999_900 }],
    ['UGX', { digits: 2, step: 100, minimum: 100, maximum: 99_999_900 }],
    ['HUF', { digits: 2, step: 1, minimum: 17_500, maximum: 99_999_999 }],
    ['TWD', { digits: 2, step: 1, minimum: 1, maximum: 99_999_999 }],
    ['IDR', { digits: 2, step: 1, minimum: 1, maximum: 999_999_999_999 }],
    ['XCG', { digits: 2, step: 1, minimum: 1, maximum: 99_999_999 }],
    ['MGA', { digits: 0, step: 1, minimum: 1, maximum: 99_999_999 }],
  ])('has %s as Stripe charges it', (code, rules) => {
    expect(currencyOf(code)).toEqual({ code, ...rules });
  });

  it('has each code once, and one that ISO 4217 and Intl know', () => {
    expect(CURRENCIES.size).toBe(15 + 116 + 2 + 5);
    for (const [code, currency] of CURRENCIES) {
      expect(code).toMatch(/^[A-Z]{3}$/);
      expect(currency.code).toBe(code);
      expect(() => new Intl.NumberFormat('en', { style: 'currency', currency: code })).not.toThrow();
    }
  });

  it.each(['ANG', 'BGN', 'HRK', 'SLL'])('lacks %s, which ISO 4217 has withdrawn', (code) => {
    expect(CURRENCIES.has(code)).toBe(false);
  });

  it('charges what is between minimum and maximum, in steps, and explains other amounts', () => {
    fc.assert(
      fc.property(anyCurrency, fc.integer({ min: 1, max: LARGEST_AMOUNT + 1 }), (currency, amount) => {
        const { step, minimum, maximum } = currency;
        const rejection = amountRejection(amount, currency);
        expect(rejection === null).toBe(amount >= minimum && amount <= maximum && amount % step === 0);
        expect(amountRejection(minimum, currency)).toBeNull();
        expect(amountRejection(maximum, currency)).toBeNull();
        expect(amountRejection(minimum - step, currency)).toBe('too_small');
        expect(amountRejection(maximum + step, currency)).toBe('too_large');
        if (step > 1) expect(amountRejection(minimum + 1, currency)).toBe('not_a_step');
      }),
      { numRuns: 500 },
    );
  });

  it('has no amount that JSON would not carry exactly', () => {
    for (const { maximum } of CURRENCIES.values()) expect(maximum).toBeLessThanOrEqual(LARGEST_AMOUNT);
    expect(LARGEST_AMOUNT).toBeLessThan(2 ** 53);
  });
});
