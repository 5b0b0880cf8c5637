import { describe, expect, it } from 'vitest';

import type { OrderChange } from './order-change.js';
import { IllegalTransition } from './states.js';
import { type ChangingOrder, statesAfter } from './states-after.js';

const PAID: ChangingOrder = {
  status: 'confirmed',
  payment: 'captured',
  fulfilment: 'reserved',
  intentStatus: 'captured',
  booked: { captured: 1000 },
  attempt: 1,
  decline: null,
};
const FREE: ChangingOrder = { ...PAID, payment: 'not_required', intentStatus: null, booked: {} };
const DECLINED: ChangingOrder = {
  ...PAID,
  status: 'pending',
  payment: 'declined',
  intentStatus: 'declined',
  booked: {},
  decline: { attempt: 1, code: 'expired_card' },
};
const after = (order: ChangingOrder, change: Omit<OrderChange, 'event'>) =>
  statesAfter(order, { event: { type: 'test', actor: 'tests' }, ...change });

describe('the states after a change', () => {
  it.each<[string, ChangingOrder, Omit<OrderChange, 'event'>, ReturnType<typeof after>['next']]>([
    ['are those before, of a note', PAID, {}, {}],
    [
      'differ where they are named',
      PAID,
      { next: { status: 'cancelling', fulfilment: 'reserved' } },
      { status: 'cancelling' },
    ],
    [
      'follow what the provider says',
      { ...DECLINED, decline: null, payment: 'none', intentStatus: null },
      {
        next: { status: 'confirmed' },
        intentStatus: 'captured',
        posts: [{ kind: 'captured', objectId: 'pi', amount: 1000 }],
      },
      { status: 'confirmed', payment: 'captured' },
    ],
    [
      'follow what is booked',
      PAID,
      { posts: [{ kind: 'refund_succeeded', objectId: 'r', amount: 400 }] },
      { payment: 'partially_refunded' },
    ],
    [
      'follow another attempt',
      DECLINED,
      { attempt: { number: 2, method: 'pm', requestedBy: 'tests' } },
      { payment: 'authorizing' },
    ],
    [
      'do not follow money that is no payment of the order',
      FREE,
      { posts: [{ kind: 'unknown_accepted', objectId: 'f', amount: 400 }] },
      {},
    ],
  ])('%s', (_, order, change, next) => {
    expect(after(order, change).next).toEqual(next);
  });

  it.each<[string, ChangingOrder, Omit<OrderChange, 'event'>, ChangingOrder['decline']]>([
    [
      'is the last one',
      { ...DECLINED, attempt: 2 },
      { intentStatus: 'declined' },
      { attempt: 2, code: 'declined' },
    ],
    ['is none once an attempt succeeded', DECLINED, { intentStatus: 'authorized' }, null],
    ['stays when the intent is canceled', DECLINED, { intentStatus: 'canceled' }, DECLINED.decline],
    [
      'stays while another attempt is authenticated, although the intent still bears a code',
      { ...DECLINED, attempt: 2 },
      { intentStatus: 'requires_action', declineCode: 'lost_card' },
      DECLINED.decline,
    ],
    [
      'is there where no intent was made',
      { ...DECLINED, payment: 'none', intentStatus: null, decline: null },
      { declineCode: 'amount_too_small' },
      { attempt: 1, code: 'amount_too_small' },
    ],
  ])('have a decline that %s', (_, order, change, decline) => {
    expect(after(order, change).decline).toEqual(decline);
  });

  it('are refused where a table does not allow them', () => {
    expect(() => after(PAID, { next: { status: 'delivered', fulfilment: 'released' } })).not.toThrow();
    expect(() => after(PAID, { next: { status: 'rejected' } })).toThrow(IllegalTransition);
    expect(() => after(PAID, { intentStatus: 'authorized' })).toThrow(IllegalTransition);
  });
});

describe('the decline that stands after a change', () => {
  it.each<[string, Omit<OrderChange, 'event'>, ChangingOrder['decline']]>([
    ['stays, where the change is about something else', {}, DECLINED.decline],
    [
      'is that of the attempt',
      { intentStatus: 'declined', declineCode: 'no_funds' },
      { attempt: 1, code: 'no_funds' },
    ],
    [
      'has a code of ours, where the provider gave none',
      { intentStatus: 'declined' },
      { attempt: 1, code: 'declined' },
    ],
    ['is gone once an attempt succeeded', { intentStatus: 'captured' }, null],
    ['stays while another attempt is made', { intentStatus: 'requires_action' }, DECLINED.decline],
  ])('%s', (_, change, decline) => {
    expect(after(DECLINED, change).decline).toEqual(decline);
  });
});
