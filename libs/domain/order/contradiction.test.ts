import { describe, expect, it } from 'vitest';

import { intentContradiction, newIntentContradiction, refundContradiction } from './contradiction.js';
import type { ProviderIntent, ProviderRefund } from '../payment/payment-diff.js';

const asked = { orderId: 'order-1', intentId: 'pi_1', currency: 'EUR' };
const intent: ProviderIntent = {
  id: 'pi_1',
  status: 'unconfirmed',
  declineCode: null,
  holdUntil: null,
  orderId: 'order-1',
  currency: 'EUR',
  amount: 3980,
  received: 0,
  held: 0,
};
const refund: ProviderRefund = {
  id: 're_1',
  intentId: 'pi_1',
  refundId: 'r-1',
  status: 'succeeded',
  amount: 500,
  currency: 'EUR',
  failure: null,
};

describe('an answer about an intent', () => {
  it.each<[string | null, Partial<ProviderIntent>]>([
    [null, {}],
    [null, { orderId: null }],
    [null, { status: 'captured', received: 500 }],
    [null, { status: 'authorized', held: 500 }],
    ['intent_differs', { id: 'pi_2' }],
    ['intent_order_differs', { orderId: 'order-2' }],
    ['intent_currency_differs', { currency: 'USD' }],
    ['intent_amount_differs', { status: 'captured' }],
    ['intent_amount_differs', { status: 'authorized', received: 500 }],
  ])('%s: %j', (expected, changes) => {
    expect(intentContradiction(asked, { ...intent, ...changes })).toBe(expected);
  });

  it.each<[string | null, Partial<ProviderIntent>]>([
    [null, {}],
    [null, { id: 'pi_new' }],
    ['intent_amount_differs', { amount: 398 }],
    ['intent_state_differs', { status: 'captured', received: 3980 }],
    ['intent_order_differs', { orderId: 'order-2' }],
    ['intent_currency_differs', { currency: 'USD' }],
  ])('that was just made, %s: %j', (expected, changes) => {
    const nothing = { ...asked, intentId: null };
    expect(newIntentContradiction(nothing, 3980, { ...intent, ...changes })).toBe(expected);
  });
});

describe('an answer about a refund', () => {
  it.each<[string | null, Partial<ProviderRefund>]>([
    [null, {}],
    [null, { intentId: null, refundId: null }],
    ['refund_differs', { refundId: 'r-2' }],
    ['refund_intent_differs', { intentId: 'pi_2' }],
    ['refund_currency_differs', { currency: 'USD' }],
    ['refund_amount_differs', { amount: 5000 }],
  ])('%s: %j', (expected, changes) => {
    const wanted = { ...asked, refundId: 'r-1', amount: 500 };
    expect(refundContradiction(wanted, { ...refund, ...changes })).toBe(expected);
  });
});
