import { expect, it } from 'vitest';

import { type OrderFacts, type Outcome, outcomeOf, type OutcomeFacts } from './outcome.js';

const OPEN: Outcome = { is: 'open' };
const DONE: Outcome = { is: 'done' };
const refused = (code: Extract<Outcome, { is: 'refused' }>['code']): Outcome => ({ is: 'refused', code });

const ORDERS: readonly [Partial<OrderFacts>, Outcome][] = [
  [{}, OPEN],
  [{ payment: 'processing' }, OPEN],
  [{ payment: 'authorizing' }, OPEN],
  [{ payment: 'requires_action' }, { is: 'with_shopper' }],
  [{ payment: 'declined' }, refused('payment_declined')],
  [{ status: 'rejected', endCode: 'out_of_stock' }, refused('out_of_stock')],
  [{ status: 'rejected', endCode: 'payment_declined', payment: 'voided' }, refused('payment_declined')],
  [{ status: 'rejected', endCode: 'reservation_expired' }, refused('reservation_expired')],
  [{ status: 'cancelling' }, refused('cancelled')],
  [{ status: 'cancelled', endCode: 'operator_failed' }, refused('cancelled')],
  [{ status: 'confirmed', payment: 'captured', wasConfirmed: true }, DONE],
  [{ status: 'cancelled', endCode: 'cancelled', wasConfirmed: true }, DONE],
  [{ status: 'delivered', payment: 'refunded', wasConfirmed: true }, DONE],
];

it.each(ORDERS)('an order with %o has the outcome %o', (facts, outcome) => {
  const pending: OrderFacts = { status: 'pending', payment: 'none', endCode: null, wasConfirmed: false };
  expect(outcomeOf({ about: 'order', facts: { ...pending, ...facts } })).toEqual(outcome);
});

const OTHERS: readonly [OutcomeFacts, Outcome][] = [
  [{ about: 'refund', facts: { state: 'requested' } }, OPEN],
  [{ about: 'refund', facts: { state: 'pending' } }, DONE],
  [{ about: 'refund', facts: { state: 'succeeded' } }, DONE],
  [{ about: 'refund', facts: { state: 'failed' } }, refused('refund_failed')],
  [{ about: 'cancellation', facts: { state: 'requested' } }, OPEN],
  [{ about: 'cancellation', facts: { state: 'accepted' } }, DONE],
  [{ about: 'cancellation', facts: { state: 'refused' } }, refused('cancellation_refused')],
  [{ about: 'resolution', facts: { isApplied: false } }, OPEN],
  [{ about: 'resolution', facts: { isApplied: true } }, DONE],
];

it.each(OTHERS)('%o has the outcome %o', (asked, outcome) => {
  expect(outcomeOf(asked)).toEqual(outcome);
});
