import { describe, expect, it } from 'vitest';

import { amountDifference, type PayableOrder } from './paid-amount.js';

const order: PayableOrder = {
  payment: 'captured',
  totals: { total: 3980 },
  acceptedAmount: null,
  booked: { captured: 3980 },
};

describe('what was paid for an order', () => {
  it.each<[string | null, Partial<PayableOrder>]>([
    [null, {}],
    ['paid_less', { booked: { authorized: 3980, hold_released: 3980, captured: 500 } }],
    ['paid_more', { booked: { captured: 5000 } }],
    [null, { booked: { captured: 500 }, acceptedAmount: 500 }],
    ['paid_less', { booked: { captured: 400 }, acceptedAmount: 500 }],
    // A partial refund does not count here.
    [null, { payment: 'partially_refunded', booked: { captured: 3980, refund_succeeded: 500 } }],
    [null, { payment: 'authorized', booked: { authorized: 3980 } }],
    ['paid_less', { payment: 'authorized', booked: { authorized: 3000 } }],
    [null, { payment: 'not_required', totals: { total: 0 }, booked: {} }],
    [null, { payment: 'voided', booked: { authorized: 3980, hold_released: 3980 } }],
  ])('%s: %j', (expected, changes) => {
    expect(amountDifference({ ...order, ...changes })).toBe(expected);
  });
});
