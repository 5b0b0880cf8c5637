import { expect, it } from 'vitest';

import { formatPrice } from './price.js';

it.each([
  [1990, 'EUR', '€19.90'],
  [123_456_789, 'EUR', '€1,234,567.89'],
  [-500, 'EUR', '-€5.00'],
  [1990, 'JPY', '¥1,990'],
  [1990, 'KWD', 'KWD\u00a01.990'],
])('shows %i minor units of %s as %s', (amount, currency, shown) => {
  expect(formatPrice(amount, currency)).toBe(shown);
});
