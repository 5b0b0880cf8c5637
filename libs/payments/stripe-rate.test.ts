import { expect, it } from 'vitest';

import { publishedRate } from './stripe-rate.js';

const STRIPE = 'https://api.stripe.com';

it.each([
  ['sk_live_1', STRIPE, 100],
  ['rk_live_1', STRIPE, 100],
  ['sk_test_1', STRIPE, 25],
  ['sk_test_1', 'http://127.0.0.1:4010', 0],
])('with %s at %s, %d requests a second', (secretKey, apiUrl, rate) => {
  expect(publishedRate({ secretKey, apiUrl })).toBe(rate);
});
