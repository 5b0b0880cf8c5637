import { describe, expect, it } from 'vitest';

import {
  afterBooking,
  type Booked,
  disputed,
  LEDGER_KINDS,
  LEDGER_RULES,
  type LedgerKind,
  paymentOf,
  pendingRefunds,
  refundable,
  refunded,
} from './ledger.js';

const book = (...facts: [LedgerKind, number][]): Booked =>
  afterBooking(
    {},
    facts.map(([kind, amount]) => ({ kind, amount, objectId: '' })),
  );

describe('the ledger', () => {
  it.each(LEDGER_KINDS)('credits one account with what it debits to another: %s', (kind) => {
    const { debit, credit } = LEDGER_RULES[kind];
    expect(debit).not.toBe(credit);
  });

  it.each<[string, Booked, { pending: number; back: number; left: number }]>([
    ['nothing', {}, { pending: 0, back: 0, left: 0 }],
    ['a capture', book(['captured', 3980]), { pending: 0, back: 0, left: 3980 }],
    [
      'a refund on its way',
      book(['captured', 3980], ['refund_requested', 1000]),
      { pending: 1000, back: 0, left: 2980 },
    ],
    [
      'a refund that arrived',
      book(['captured', 3980], ['refund_requested', 1000], ['refund_succeeded', 1000]),
      { pending: 0, back: 1000, left: 2980 },
    ],
    [
      'a refund that failed, whose amount is free again',
      book(['captured', 3980], ['refund_requested', 1000], ['refund_failed', 1000]),
      { pending: 0, back: 0, left: 3980 },
    ],
    [
      'a refund that failed although it had arrived',
      book(
        ['captured', 3980],
        ['refund_requested', 1000],
        ['refund_succeeded', 1000],
        ['refund_reversed', 1000],
      ),
      { pending: 0, back: 0, left: 3980 },
    ],
    [
      'a refund made by hand and adopted',
      book(['captured', 3980], ['refund_adopted', 980]),
      { pending: 0, back: 980, left: 3000 },
    ],
    [
      'money under dispute, which only the bank may give back',
      book(['captured', 3980], ['dispute_withdrawn', 3980]),
      { pending: 0, back: 0, left: 0 },
    ],
    [
      'a dispute that was won',
      book(['captured', 3980], ['dispute_withdrawn', 3980], ['dispute_reinstated', 3980]),
      { pending: 0, back: 0, left: 3980 },
    ],
    [
      'a dispute that was lost',
      book(['captured', 3980], ['dispute_withdrawn', 3980], ['dispute_lost', 3980]),
      { pending: 0, back: 0, left: 0 },
    ],
    [
      'a dispute that was lost and then won',
      book(
        ['captured', 3980],
        ['dispute_withdrawn', 3980],
        ['dispute_lost', 3980],
        ['dispute_reinstated', 3980],
        ['dispute_recovered', 3980],
      ),
      { pending: 0, back: 0, left: 3980 },
    ],
  ])('computes what may be refunded after %s', (_, booked, { pending, back, left }) => {
    expect(pendingRefunds(booked)).toBe(pending);
    expect(refunded(booked)).toBe(back);
    expect(refundable(booked)).toBe(left);
  });

  it('counts a dispute until the money is returned', () => {
    expect(disputed(book(['captured', 3980], ['dispute_withdrawn', 3980]))).toBe(3980);
    expect(disputed(book(['dispute_withdrawn', 3980], ['dispute_reinstated', 3980]))).toBe(0);
  });
});

describe('the payment of an order', () => {
  const captured = book(['captured', 3980]);
  it.each([
    ['none', null, {}],
    ['requires_action', 'requires_action', {}],
    ['processing', 'processing', {}],
    ['declined', 'declined', {}],
    ['authorized', 'authorized', book(['authorized', 3980])],
    ['voided', 'canceled', {}],
    ['captured', 'captured', captured],
    [
      'captured',
      'captured',
      afterBooking(captured, [{ kind: 'refund_requested', amount: 1, objectId: 'r' }]),
    ],
    ['partially_refunded', 'captured', book(['captured', 3980], ['refund_succeeded', 1])],
    ['refunded', 'captured', book(['captured', 3980], ['refund_succeeded', 3980])],
    [
      'partially_refunded',
      'captured',
      book(['captured', 3980], ['refund_succeeded', 3980], ['refund_reversed', 980]),
    ],
    ['captured', 'captured', book(['captured', 3980], ['refund_succeeded', 980], ['refund_reversed', 980])],
  ] as const)('is %s when the intent is %s and the books match', (payment, intent, booked) => {
    expect(paymentOf(intent, booked, { attempt: 1, decline: null })).toBe(payment);
  });

  it.each([
    ['declined', 'declined', { attempt: 2, decline: { attempt: 2 } }],
    ['authorizing', 'declined', { attempt: 2, decline: { attempt: 1 } }],
    ['requires_action', 'requires_action', { attempt: 2, decline: { attempt: 1 } }],
    ['processing', 'processing', { attempt: 2, decline: { attempt: 1 } }],
    ['voided', 'canceled', { attempt: 2, decline: { attempt: 1 } }],
    ['captured', 'captured', { attempt: 2, decline: null }],
  ] as const)('is %s when the intent is %s and of the attempts %o', (payment, intent, attempts) => {
    expect(paymentOf(intent, {}, attempts)).toBe(payment);
  });
});
