import { describe, expect, it } from 'vitest';

import type { IntentState, Posting } from '../ledger/ledger.js';
import { orderId } from '../order/order-id.js';
import {
  changeOf,
  type Source,
  intentChange,
  methodRefused,
  type PayingOrder,
  refundChange,
  type TriedIntent,
} from './payment-change.js';
import type { ProviderDispute } from './payment-diff.js';
import { voidKey } from './payment-keys.js';

const ID = orderId('0197a0c0-0000-7000-8000-000000000001');
const TOTAL = 3980;
const ORDER: PayingOrder = {
  id: ID,
  status: 'pending',
  intentStatus: null,
  attempt: 1,
  booked: {},
  policy: { paymentWindow: 60_000, declineWindow: 30_000 },
  waits: [],
};
const HELD: PayingOrder = {
  ...ORDER,
  status: 'confirmed',
  intentStatus: 'authorized',
  booked: { authorized: TOTAL },
};
const CAPTURED: PayingOrder = {
  ...ORDER,
  status: 'confirmed',
  intentStatus: 'captured',
  booked: { captured: TOTAL },
};
const WAITING: PayingOrder = { ...ORDER, intentStatus: 'requires_action', waits: [{ step: 'charge' }] };

const intentIn = (status: IntentState, changes: Partial<TriedIntent> = {}): TriedIntent => ({
  id: 'pi_1',
  status,
  declineCode: status === 'declined' ? 'expired_card' : null,
  holdUntil: null,
  orderId: ID,
  currency: 'EUR',
  amount: TOTAL,
  received: status === 'captured' ? TOTAL : 0,
  held: status === 'authorized' ? TOTAL : 0,
  ...changes,
});
const posting = (kind: Posting['kind'], objectId = 'pi_1', amount = TOTAL): Posting => ({
  kind,
  objectId,
  amount,
});
const ANSWER: Source = { by: 'answer', confirms: true };
const SYNC: Extract<Source, { by: 'sync' }> = { by: 'sync', confirms: true, refundId: 'r-late' };

describe('the state of an intent', () => {
  type Meant = Pick<ReturnType<typeof intentChange>, 'posts' | 'begun' | 'ended'> & { confirms?: boolean };
  const charge = (time: number) => ({ step: 'charge' as const, for: time });

  it.each<[string, PayingOrder, TriedIntent, Meant]>([
    ['that was paid', ORDER, intentIn('captured'), { confirms: true, posts: [posting('captured')] }],
    [
      'with another amount',
      ORDER,
      intentIn('captured', { received: 1 }),
      { confirms: true, posts: [posting('captured', 'pi_1', 1)] },
    ],
    ['that is held', ORDER, intentIn('authorized'), { confirms: true, posts: [posting('authorized')] }],
    [
      'that the shopper has to act on',
      ORDER,
      intentIn('requires_action'),
      { posts: [], begun: charge(60_000) },
    ],
    ['that is settling', ORDER, intentIn('processing'), { posts: [], begun: charge(60_000) }],
    ['that is settling after the shopper acted', WAITING, intentIn('processing'), { posts: [] }],
    [
      'that was paid after the shopper acted',
      WAITING,
      intentIn('captured'),
      { confirms: true, posts: [posting('captured')], ended: ['charge'] },
    ],
    ['that was declined', ORDER, intentIn('declined'), { posts: [], begun: charge(30_000) }],
    [
      'that was declined, with no time to try again',
      { ...WAITING, policy: { paymentWindow: 60_000, declineWindow: 0 } },
      intentIn('declined'),
      { posts: [], ended: ['charge'] },
    ],
    [
      'whose hold was captured',
      HELD,
      intentIn('captured'),
      { posts: [posting('hold_released'), posting('captured')] },
    ],
    ['whose hold was let go', HELD, intentIn('canceled'), { posts: [posting('hold_released')] }],
    ['that is canceled and was never paid', WAITING, intentIn('canceled'), { posts: [], ended: ['charge'] }],
    ['that the books have', CAPTURED, intentIn('captured'), { posts: [] }],
  ])('%s means the same, answered or seen', (_, order, intent, { confirms = false, ...meant }) => {
    const expected = { intentStatus: intent.status, ...meant };
    const next = confirms ? { next: { status: 'confirmed' } } : {};
    const { event: answered, declineCode: code, ...answer } = intentChange(order, intent, ANSWER);
    expect(answer).toEqual({ ...expected, ...next });
    const { event: seen, declineCode, ...sync } = intentChange(order, intent, SYNC);
    expect(sync).toEqual({ ...expected, ...next, ...(confirms ? { unlessBegun: voidKey(ID) } : {}) });
    expect([code, declineCode]).toEqual([intent.declineCode ?? undefined, intent.declineCode ?? undefined]);
    expect(answered.details).toEqual(seen.details);
  });

  it.each<[string, PayingOrder, IntentState, string, string]>([
    ['as it is called', ORDER, 'captured', 'payment.captured', 'payment.captured'],
    ['as the order has it', HELD, 'canceled', 'payment.voided', 'payment.voided'],
    [
      'once, where a sync was faster than the answer',
      CAPTURED,
      'captured',
      'payment.heard_late',
      'payment.captured',
    ],
    [
      'once, of the first attempt',
      { ...ORDER, intentStatus: 'declined' },
      'declined',
      'payment.heard_late',
      'payment.declined',
    ],
    [
      'for each later attempt',
      { ...ORDER, intentStatus: 'declined', attempt: 2 },
      'declined',
      'payment.declined',
      'payment.declined',
    ],
  ])('is in the audit trail %s', (_, order, status, answered, seen) => {
    expect(intentChange(order, intentIn(status), ANSWER).event.type).toBe(answered);
    expect(intentChange(order, intentIn(status), SYNC).event.type).toBe(seen);
  });

  it('changes nothing where the books have what followed', () => {
    const late = {
      event: { type: 'payment.heard_late', actor: 'gateway', details: { state: 'authorized' } },
    };
    expect(intentChange(CAPTURED, intentIn('authorized'), ANSWER)).toEqual(late);
  });

  it('confirms no order that is being compensated', () => {
    expect(intentChange(ORDER, intentIn('captured'), { ...ANSWER, confirms: false })).not.toHaveProperty(
      'next',
    );
    expect(intentChange({ ...ORDER, status: 'cancelling' }, intentIn('captured'), ANSWER)).not.toHaveProperty(
      'next',
    );
  });

  it('refunds money that came after the end, with an attention; a hold lapses by itself', () => {
    const order: PayingOrder = { ...WAITING, status: 'rejected' };
    expect(intentChange(order, intentIn('captured'), SYNC)).toMatchObject({
      posts: [posting('captured'), posting('refund_requested', 'r-late')],
      refund: { is: 'requested', id: 'r-late', amount: TOTAL, reason: 'late_payment' },
      opens: { kind: 'late_payment', reason: 'captured' },
    });
    const held = intentChange(order, intentIn('authorized'), SYNC);
    expect(held).toMatchObject({ posts: [posting('authorized')], opens: { kind: 'late_payment' } });
    expect(held).not.toHaveProperty('refund');
  });
});

it('a method that the provider refuses is a decline with the code of the refusal', () => {
  expect(methodRefused(ORDER, 'card_not_supported')).toMatchObject({
    intentStatus: 'declined',
    declineCode: 'card_not_supported',
    begun: { step: 'charge', for: 30_000 },
    event: { type: 'payment.refused', details: { reason: 'card_not_supported', attempt: 1 } },
  });
});

describe('the state of a refund', () => {
  const posts = [posting('refund_succeeded', 'r-1', 1000)];

  it('is written with what it books', () => {
    const change = refundChange(
      { id: 'r-1', amount: 1000 },
      { state: 'succeeded', providerId: 're_1', failure: null },
      posts,
    );
    expect(change).toEqual({
      posts,
      event: { type: 'refund.succeeded', actor: 'gateway', details: { refund: 'r-1', amount: 1000 } },
      refund: { is: 'settled', id: 'r-1', state: 'succeeded', providerId: 're_1' },
    });
  });

  it.each([
    ['expired_card', 'expired_card'],
    [null, 'unknown'],
  ])('that failed for %s opens an attention', (failure, reason) => {
    expect(refundChange({ id: 'r-1', amount: 1000 }, { state: 'failed', failure }, [])).toMatchObject({
      refund: { state: 'failed', failure: reason },
      opens: { kind: 'refund_failed', reason, refundId: 'r-1' },
      event: { details: { reason, opens: 'refund_failed' } },
    });
  });
});

describe('the state of a dispute', () => {
  const seen: ProviderDispute = {
    id: 'du_1',
    amount: 900,
    currency: 'EUR',
    status: 'needs_response',
    reason: 'fraudulent',
    openedAt: new Date(0),
    withdrawn: 900,
    reinstated: 0,
    outcome: 'open',
  };
  const dispute = (
    order: PayingOrder,
    isNew: boolean,
    posts: readonly Posting[],
    status = seen.status,
    isWithdrawnAgain = false,
  ) =>
    changeOf(
      { about: 'dispute', seen: { ...seen, status }, isNew, isWithdrawnAgain, posts },
      order,
      intentIn('captured'),
      SYNC,
    );

  it('opens an attention the first time', () => {
    expect(dispute(CAPTURED, true, [])).toMatchObject({
      dispute: { id: 'du_1', status: 'needs_response' },
      opens: { kind: 'dispute_opened', reason: 'fraudulent' },
    });
    expect(dispute(CAPTURED, false, [])).not.toHaveProperty('opens');
  });

  it('opens an attention when its money is withdrawn again', () => {
    const posts = [{ ...posting('dispute_withdrawn', 'du_1', 900), occurrence: 2 }];
    expect(dispute(CAPTURED, false, posts, 'needs_response', true)).toMatchObject({
      posts,
      opens: { kind: 'dispute_opened', reason: 'fraudulent' },
    });
  });

  it.each(['rejected', 'cancelled', 'undelivered'] as const)(
    'returns what a bank reinstated to the shopper of a %s order',
    (status) => {
      const order = {
        ...CAPTURED,
        status,
        booked: { captured: TOTAL, dispute_withdrawn: 900, refund_requested: TOTAL - 900 },
      };
      expect(dispute(order, false, [posting('dispute_reinstated', 'du_1', 900)], 'won')).toMatchObject({
        refund: { is: 'requested', amount: 900 },
        opens: { kind: 'late_payment', reason: 'dispute_won' },
      });
    },
  );
});
