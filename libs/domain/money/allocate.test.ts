import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { allocate } from './allocate.js';

const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 17n }), { minLength: 1, maxLength: 20 });
const step = fc.constantFrom(1, 10, 100);
const amount = fc.integer({ min: -1_000_000, max: 999_999_999_999 });

describe('allocating an amount', () => {
  it.each([
    [100, [1, 1, 1], 1, [34, 33, 33]],
    [100, [0, 0], 1, [50, 50]],
    [10, [2, 1], 10, [10, 0]],
    [500, [1, 1], 100, [300, 200]],
    [-5, [1, 1], 1, [-2, -3]],
    // Shares that are equal as binary fractions.
    [999_999_999_999, [999_999_999_999, 999_999_999_998], 1, [500_000_000_000, 499_999_999_999]],
  ])('%i by %j in steps of %i', (whole, by, of, dealt) => {
    expect(allocate(whole, by.map(BigInt), of)).toEqual(dealt);
  });

  it('allocates all of it, in steps, to each at most one step more or less than its share', () => {
    fc.assert(
      fc.property(amount, weights, step, (roughly, by, of) => {
        const whole = roughly - (roughly % of);
        const dealt = allocate(whole, by, of);
        expect(dealt.reduce((a, b) => a + b, 0)).toBe(whole);
        expect(dealt.every((part) => part % of === 0)).toBe(true);
        const sum = by.reduce((a, b) => a + b, 0n);
        if (sum === 0n) return;
        for (const [at, weight] of by.entries()) {
          const off = BigInt(dealt[at] ?? 0) * sum - BigInt(whole) * weight;
          expect(off < BigInt(of) * sum && -off < BigInt(of) * sum).toBe(true);
        }
      }),
    );
  });

  it('allocates an amount that is no multiple of the step to the last unit', () => {
    fc.assert(
      fc.property(amount, weights, step, (whole, by, of) => {
        expect(allocate(whole, by, of).reduce((a, b) => a + b, 0)).toBe(whole);
      }),
    );
  });
});
