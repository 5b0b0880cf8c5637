import { expect, it } from 'vitest';

import { type Outcome, outcomeOf, type OutcomeFacts } from './outcome.js';

const refused = (code: Extract<Outcome, { is: 'refused' }>['code']): Outcome => ({ is: 'refused', code });
const CASES: readonly [Partial<OutcomeFacts>, Outcome][] = [
  [{}, { is: 'open' }],
  [{ payment: 'processing' }, { is: 'open' }],
  [{ payment: 'requires_action' }, { is: 'with_shopper' }],
  [{ payment: 'declined' }, refused('payment_declined')],
  [{ status: 'rejected', endCode: 'out_of_stock' }, refused('out_of_stock')],
  [{ status: 'rejected', endCode: 'payment_declined', payment: 'voided' }, refused('payment_declined')],
  [{ status: 'rejected', endCode: 'reservation_expired' }, refused('reservation_expired')],
  [{ status: 'cancelling' }, refused('cancelled')],
  [{ status: 'cancelled', endCode: 'operator_failed' }, refused('cancelled')],
  [{ status: 'confirmed', payment: 'captured', wasConfirmed: true }, { is: 'confirmed' }],
  [{ status: 'cancelled', endCode: 'cancelled', wasConfirmed: true }, { is: 'confirmed' }],
  [{ status: 'delivered', payment: 'refunded', wasConfirmed: true }, { is: 'confirmed' }],
];

it.each(CASES)('an order with %o has the outcome %o', (facts, outcome) => {
  const pending: OutcomeFacts = { status: 'pending', payment: 'none', endCode: null, wasConfirmed: false };
  expect(outcomeOf({ ...pending, ...facts })).toEqual(outcome);
});
