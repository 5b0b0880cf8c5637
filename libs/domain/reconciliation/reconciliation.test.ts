import { describe, expect, it } from 'vitest';

import {
  type BookedMoney,
  compareMoney,
  type Difference,
  type Fact,
  type GatewayMoney,
  type Movement,
  unmatchedMoney,
} from './reconciliation.js';

const booked = (changes: Partial<BookedMoney> = {}): BookedMoney => ({
  intentId: 'pi_1',
  captured: 3980,
  refunds: [],
  adopted: [],
  withheld: [],
  ...changes,
});
const gateway = (changes: Partial<GatewayMoney> = {}): GatewayMoney => ({
  intentId: 'pi_1',
  currency: 'EUR',
  orderId: 'order',
  captured: 3980,
  refunds: [],
  withheld: [],
  ...changes,
});

type Booked = BookedMoney['refunds'][number];
type Made = GatewayMoney['refunds'][number];
const ours = (state: Booked['state'], changes: Partial<Booked> = {}): Booked => ({
  id: 'r1',
  providerId: 're_1',
  amount: 500,
  state,
  ...changes,
});
const theirs = (status: Made['status'], changes: Partial<Made> = {}): Made => ({
  id: 're_1',
  refundId: 'r1',
  amount: 500,
  status,
  ...changes,
});
const missing = (objectId = 'r1'): Difference => ({
  kind: 'missing_refund',
  objectId,
  expected: 500,
  found: 0,
});
const unknown = (objectId = 're_1'): Difference => ({
  kind: 'unknown_refund',
  objectId,
  expected: 0,
  found: 500,
});

describe('what an order paid', () => {
  it.each<[string, BookedMoney, GatewayMoney | null, Difference[]]>([
    ['is the same', booked(), gateway(), []],
    [
      'is a cent more at the gateway',
      booked(),
      gateway({ captured: 3981 }),
      [{ kind: 'amount_differs', objectId: 'pi_1', expected: 3980, found: 3981 }],
    ],
    [
      'is not there',
      booked(),
      gateway({ captured: 0 }),
      [{ kind: 'missing_charge', objectId: 'pi_1', expected: 3980, found: 0 }],
    ],
    [
      'was paid with an intent that is unknown there',
      booked(),
      null,
      [{ kind: 'missing_charge', objectId: 'pi_1', expected: 3980, found: 0 }],
    ],
    [
      'is there and was never booked',
      booked({ captured: 0 }),
      gateway(),
      [{ kind: 'amount_differs', objectId: 'pi_1', expected: 0, found: 3980 }],
    ],
    ['is nothing on either side', booked({ captured: 0 }), gateway({ captured: 0 }), []],
    ['is nothing, with an intent that is unknown there', booked({ captured: 0 }), null, []],
    ['has no intent', booked({ intentId: null, captured: 0 }), null, []],
  ])('%s', (_, ourSide, theirSide, differences) => {
    expect(compareMoney(ourSide, theirSide)).toEqual(differences);
  });
});

describe('a refund', () => {
  it.each<[string, Booked[], Made[], Difference[]]>([
    ['that is done on both sides', [ours('succeeded')], [theirs('succeeded')], []],
    ['that is on its way on both sides', [ours('pending')], [theirs('pending')], []],
    ['that is done there, and here not yet', [ours('pending')], [theirs('succeeded')], []],
    ['that was asked for and not made', [ours('requested', { providerId: null })], [], []],
    ['that was made and not heard of', [ours('requested', { providerId: null })], [theirs('succeeded')], []],
    ['that failed on both sides', [ours('failed')], [theirs('failed')], []],
    ['that failed before it was made', [ours('failed', { providerId: null })], [], []],
    ['that is lost', [ours('succeeded')], [], [missing()]],
    ['that is lost on its way', [ours('pending')], [], [missing()]],
    ['that failed there and not here', [ours('succeeded')], [theirs('failed')], [missing()]],
    ['that failed here and not there', [ours('failed')], [theirs('succeeded')], [unknown()]],
    ['that was made by hand', [], [theirs('succeeded', { refundId: null })], [unknown()]],
    ['that names one we do not know', [], [theirs('pending', { refundId: 'r9' })], [unknown()]],
    ['that was made by hand and failed', [], [theirs('failed', { refundId: null })], []],
    [
      'that was made twice',
      [ours('succeeded')],
      [theirs('succeeded'), theirs('succeeded', { id: 're_2' })],
      [unknown('re_2')],
    ],
    [
      'that failed and was made again',
      [ours('succeeded', { providerId: 're_2' })],
      [theirs('failed'), theirs('succeeded', { id: 're_2' })],
      [],
    ],
    [
      'of another amount',
      [ours('succeeded')],
      [theirs('succeeded', { amount: 501 })],
      [{ kind: 'amount_differs', objectId: 're_1', expected: 500, found: 501 }],
    ],
  ])('%s', (_, ourSide, theirSide, differences) => {
    expect(compareMoney(booked({ refunds: ourSide }), gateway({ refunds: theirSide }))).toEqual(differences);
  });

  it('that was adopted is known, until it fails after all', () => {
    const adopted = booked({ adopted: [{ objectId: 're_1', amount: 500 }] });
    const made = theirs('succeeded', { refundId: null });
    expect(compareMoney(adopted, gateway({ refunds: [made] }))).toEqual([]);
    expect(compareMoney(adopted, gateway({ refunds: [{ ...made, status: 'failed' }] }))).toEqual([
      missing('re_1'),
    ]);
  });
});

describe('what a dispute took', () => {
  it.each<[string, BookedMoney['withheld'], GatewayMoney['withheld'], Difference[]]>([
    ['is the same', [{ objectId: 'du_1', amount: 500 }], [{ objectId: 'du_1', amount: 500 }], []],
    [
      'was given back on both sides',
      [
        { objectId: 'du_1', amount: 500 },
        { objectId: 'du_1', amount: -500 },
      ],
      [{ objectId: 'du_1', amount: 0 }],
      [],
    ],
    [
      'was never booked',
      [],
      [{ objectId: 'du_1', amount: 500 }],
      [{ kind: 'dispute_differs', objectId: 'du_1', expected: 0, found: 500 }],
    ],
    [
      'is not there',
      [{ objectId: 'du_1', amount: 500 }],
      [],
      [{ kind: 'dispute_differs', objectId: 'du_1', expected: 500, found: 0 }],
    ],
  ])('%s', (_, ourSide, theirSide, differences) => {
    expect(compareMoney(booked({ withheld: ourSide }), gateway({ withheld: theirSide }))).toEqual(
      differences,
    );
  });
});

describe('what is examined', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
  const span = { from: at(0), to: at(60) };
  const movement = (changes: Partial<Movement> = {}): Movement => ({
    kind: 'charge',
    at: at(30),
    intentId: 'pi_1',
    objectId: 'ch_1',
    orderId: 'order',
    refundId: null,
    amount: 3980,
    ...changes,
  });
  const fact = (changes: Partial<Fact> = {}): Fact => ({
    kind: 'captured',
    at: at(30),
    orderId: 'order',
    objectId: 'pi_1',
    amount: 3980,
    ...changes,
  });
  const refund = { kind: 'refund', objectId: 're_1', amount: 500 } as const;

  it.each<[string, Movement[], Fact[], { intents?: string[]; orders?: string[] }]>([
    ['is nothing that was booked', [movement()], [fact()], {}],
    ['is nothing that was booked somewhat later', [movement({ at: at(59) })], [fact({ at: at(63) })], {}],
    ['is nothing that moved somewhat before', [movement({ at: at(-1) })], [fact({ at: at(0) })], {}],
    ['is nothing outside of the time', [movement({ at: at(60) })], [fact({ at: at(-1), objectId: 'x' })], {}],
    ['is a charge that was not booked', [movement()], [], { intents: ['pi_1'] }],
    ['is a booking without a charge', [], [fact()], { orders: ['order'] }],
    [
      'is another amount, from both sides',
      [movement({ amount: 3981 })],
      [fact()],
      { intents: ['pi_1'], orders: ['order'] },
    ],
    [
      'is nothing about a refund of ours',
      [movement({ ...refund, refundId: 'r1' })],
      [fact({ kind: 'refund_succeeded', objectId: 'r1', amount: 500 })],
      {},
    ],
    ['is a refund by hand', [movement(refund)], [], { intents: ['pi_1'] }],
    [
      'is nothing about a refund that was taken over',
      [movement(refund)],
      [fact({ kind: 'refund_adopted', objectId: 're_1', amount: 500 })],
      {},
    ],
    ['is whatever was captured in part', [movement({ kind: 'charge_reversal' })], [], { intents: ['pi_1'] }],
    [
      'is nothing about a dispute that was booked',
      [
        movement({ kind: 'dispute', objectId: 'du_1' }),
        movement({ kind: 'dispute_reversal', objectId: 'du_1' }),
      ],
      [
        fact({ kind: 'dispute_withdrawn', objectId: 'du_1' }),
        fact({ kind: 'dispute_reinstated', objectId: 'du_1' }),
      ],
      {},
    ],
  ])('%s', (_, movements, facts, { intents = [], orders = [] }) => {
    expect(unmatchedMoney(span, movements, facts)).toEqual({
      intents: new Set(intents),
      orders: new Set(orders),
    });
  });
});
