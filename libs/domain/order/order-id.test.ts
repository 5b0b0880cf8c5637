import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';

import { isOrderId, orderId, orderTime } from './order-id.js';

describe('an order id', () => {
  it('is a UUID as this system makes them', () => {
    const id = uuidv7();
    expect(orderId(id)).toBe(id);
    expect(isOrderId(id)).toBe(true);
  });

  it('says when its order was accepted', () => {
    expect(orderTime(orderId(uuidv7({ msecs: 1_700_000_000_123 })))).toBe(1_700_000_000_123);
  });

  it.each([
    ['nothing', ''],
    ['upper case, which would name the same order twice', '019B7654-0000-7000-8000-00000000000A'],
    ['braces', '{019b7654-0000-7000-8000-000000000001}'],
    ['no hyphens', '019b7654000070008000000000000001'],
    ['something after it', '019b7654-0000-7000-8000-000000000001 '],
    ['a line break after it', '019b7654-0000-7000-8000-000000000001\n'],
    ['other letters', '019b7654-0000-7000-8000-00000000000g'],
  ])('is not %s', (_, text) => {
    expect(isOrderId(text)).toBe(false);
    expect(() => orderId(text)).toThrow(RangeError);
  });
});
