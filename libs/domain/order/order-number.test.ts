import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { orderNumber } from './order-number.js';

const random = fc.uint8Array({ minLength: 8, maxLength: 32 });

describe('the number people use for an order', () => {
  it('is two groups of four, without ambiguous letters', () => {
    fc.assert(
      fc.property(random, (bytes) => {
        expect(orderNumber(bytes)).toMatch(/^R-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
      }),
    );
  });

  it('takes each of its 32 symbols equally often', () => {
    const count = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const symbol = orderNumber(new Uint8Array(8).fill(byte)).slice(-1);
      count.set(symbol, (count.get(symbol) ?? 0) + 1);
    }
    expect([...count.values()]).toEqual(Array.from({ length: 32 }, () => 8));
  });

  it('depends on each of the first eight bytes', () => {
    const numbers = Array.from({ length: 8 }, (_, at) => orderNumber(new Uint8Array(8).with(at, 1)));
    expect(new Set([orderNumber(new Uint8Array(8)), ...numbers]).size).toBe(9);
  });

  it('needs eight bytes', () => {
    expect(() => orderNumber(new Uint8Array(7))).toThrow('an order number needs eight random bytes');
  });
});
