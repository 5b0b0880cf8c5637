import { expect, it } from 'vitest';

import { formatPrice } from './price.js';

it.each([
  [1990, 'EUR', '€19.90'],
  [123_456_789, 'EUR', '€1,234,567.89'],
  [-500, 'EUR', '-€5.00'],
  [1990, 'JPY', '¥1,990'],
  [1990, 'KWD', 'KWD\u00a01.990'],
  // Two digits with Stripe, none in ISO 4217.
  [500, 'ISK', 'ISK\u00a05'],
  [500, 'UGX', 'UGX\u00a05'],
  // None with Stripe, two in ISO 4217.
  [500, 'MGA', 'MGA\u00a0500'],
  [1045, 'HUF', 'HUF\u00a010.45'],
  [80_045, 'TWD', 'NT$800.45'],
  [2_500_000_000, 'IDR', 'IDR\u00a025,000,000.00'],
  [999_999_999_999, 'IDR', 'IDR\u00a09,999,999,999.99'],
])('shows %i minor units of %s as %s', (amount, currency, shown) => {
  expect(formatPrice(amount, currency)).toBe(shown);
});

it('knows no currency that cannot be charged', () => {
  expect(() => formatPrice(1, 'XXX')).toThrow('XXX is not in the table of currencies');
});
