import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CURRENCIES, LARGEST_AMOUNT } from './currencies.js';
import { Money } from './money.js';

const cents = fc.integer({ min: 0, max: LARGEST_AMOUNT });

describe('money', () => {
  it('is a whole number of minor units', () => {
    for (const amount of [0.5, 19.9, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1]) {
      expect(() => Money.of(amount, 'EUR')).toThrow(RangeError);
    }
  });

  it('adds amounts of one currency', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(Money.of(a, 'EUR').plus(Money.of(b, 'EUR'))).toEqual(Money.of(a + b, 'EUR'));
      }),
    );
  });

  it('never adds two currencies, not even nothing of one', () => {
    expect(() => Money.of(100, 'EUR').plus(Money.of(100, 'USD'))).toThrow('cannot add USD to EUR');
    expect(() => Money.of(100, 'EUR').plus(Money.zero('USD'))).toThrow(RangeError);
  });

  it('is multiplied by whole quantities only', () => {
    expect(Money.of(1990, 'EUR').times(3)).toEqual(Money.of(5970, 'EUR'));
    expect(() => Money.of(1995, 'EUR').times(0.3)).toThrow(RangeError);
  });

  it('refuses a product too large to be exact', () => {
    expect(() => Money.of(Number.MAX_SAFE_INTEGER, 'EUR').times(2)).toThrow(RangeError);
  });
});

describe('the share that a rate takes', () => {
  it.each([
    [100, 0.19, 19],
    [50, 0.19, 10], // 9.5
    [49, 0.19, 9], // 9.31
    [100, 0.145, 15], // 14.5
    [300, 0.055, 17], // 16.5
    [1990, 0, 0],
    [1990, 1, 1990],
  ])('of %i at %f is %i, a half rounded up', (amount, rate, share) => {
    expect(Money.of(amount, 'EUR').share(rate)).toEqual(Money.of(share, 'EUR'));
  });

  it('is exact for every rate of up to five decimals, which is what is stored', () => {
    fc.assert(
      fc.property(cents, fc.integer({ min: 0, max: 100_000 }), (amount, hundredThousandths) => {
        const share = (BigInt(amount) * BigInt(hundredThousandths) * 2n + 100_000n) / 200_000n;
        expect(Money.of(amount, 'EUR').share(hundredThousandths / 100_000).amount).toBe(Number(share));
      }),
      {
        // Products that binary fractions put just below a half.
        examples: [
          [100, 14_500],
          [50, 1_000],
          [1_000, 28_550],
        ],
        numRuns: 2_000,
      },
    );
  });

  it.each([
    [1000, 'JPY', 0.105, 105],
    [1000, 'KWD', 0.105, 110], // 10.5 of the steps that can be charged
    [1000, 'KWD', 0.104, 100],
    [1000, 'ISK', 0.24, 200], // 2.4 krónur
    [1000, 'ISK', 0.25, 300],
    [1000, 'HUF', 0.105, 105],
  ])('of %i %s at %f is %i: what can be charged in the currency', (amount, currency, rate, share) => {
    expect(Money.of(amount, currency).share(rate)).toEqual(Money.of(share, currency));
  });

  it('is the nearest amount that can be charged, whatever the currency', () => {
    const rates = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.constantFrom(...CURRENCIES.values()), cents, rates, ({ code, step }, amount, rate) => {
        const share = Money.of(amount, code).share(rate / 100_000).amount;
        expect(share % step).toBe(0);
        const off = 2n * (BigInt(share) * 100_000n - BigInt(amount) * BigInt(rate));
        expect(-off < 100_000n * BigInt(step) && off <= 100_000n * BigInt(step)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
