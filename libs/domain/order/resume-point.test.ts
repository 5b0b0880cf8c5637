import { describe, expect, it } from 'vitest';

import { INITIAL_STATE } from './states.js';
import { type ResumePoint, type ResumeFacts, resumePointOf } from './resume-point.js';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-27T12:00:00Z');
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString();
const POLICY = {
  reservationTtl: 45 * MINUTE,
  graceBeforeCharge: 5 * MINUTE,
  captureMode: 'immediate',
  paymentWindow: 30 * MINUTE,
  declineWindow: 0,
  deliveryDeadline: 14 * 24 * 60 * MINUTE,
  retry: { attempts: 20, initial: 1_000, max: 60_000 },
} as const;

type Order = ResumeFacts['order'];
type Entry = ResumeFacts['events'][number];

const entry = (minutesAgo: number, type: string, changes: Entry['changes'] = {}, actor = 'workflow') => ({
  at: ago(minutesAgo),
  type,
  actor,
  changes,
});
const RESERVED = entry(10, 'inventory.reserved', { fulfilment: { from: 'none', to: 'reserved' } });
const voided = (minutesAgo: number, from: string) =>
  entry(minutesAgo, 'payment.voided', { payment: { from, to: 'voided' } });

function resumePoint(order: Partial<Order>, more: Partial<Omit<ResumeFacts, 'order'>> = {}): ResumePoint {
  const whole: Order = {
    ...INITIAL_STATE,
    number: 'R-7K3M-92QD',
    endReason: null,
    attempt: 1,
    holdUntil: null,
    booked: {},
    policy: POLICY,
    closedAt: null,
    waits: [],
    ...order,
  };
  const facts = {
    events: [],
    intentEffect: null,
    voidEffect: null,
    answers: [],
    cancellationRequestedBy: null,
    ...more,
  };
  return resumePointOf({ order: whole, ...facts }, NOW);
}

const PAID = { status: 'confirmed', payment: 'captured', fulfilment: 'reserved' } as const;
const LABELLED = { ...PAID, fulfilment: 'ready' } as const;
const SHIPPED = { status: 'shipped', payment: 'captured', fulfilment: 'shipped' } as const;

describe('the resume point of an order', () => {
  it.each<[string, Partial<Order>, readonly string[]]>([
    ['nothing is done', {}, []],
    ['its goods are set aside', { fulfilment: 'reserved' }, ['validate', 'reserve']],
    ['it is paid', PAID, ['validate', 'reserve', 'charge']],
    ['it has a label', LABELLED, ['validate', 'reserve', 'charge', 'ship']],
    [
      'its money was taken with the label',
      { ...LABELLED, policy: { ...POLICY, captureMode: 'on_shipment' } },
      ['validate', 'reserve', 'charge', 'ship', 'capture'],
    ],
    [
      'its money was taken, by whatever hand, before there is a label',
      { ...PAID, policy: { ...POLICY, captureMode: 'on_shipment' } },
      ['validate', 'reserve', 'charge'],
    ],
    ['its parcel is in transit', SHIPPED, ['validate', 'reserve', 'charge', 'ship']],
    [
      'it is delivered',
      { status: 'delivered', payment: 'captured', fulfilment: 'delivered' },
      ['validate', 'reserve', 'charge', 'ship', 'deliver'],
    ],
  ])('when %s: the steps that are not done again', (_, order, done) => {
    expect(resumePoint(order).done).toEqual(done);
  });

  it.each<[string, Partial<Order>, Pick<ResumePoint, 'parcel' | 'isAway'>]>([
    ['waits', LABELLED, { parcel: null, isAway: false }],
    ['is in transit', SHIPPED, { parcel: 'shipped', isAway: true }],
    ['came back', { status: 'undelivered', fulfilment: 'returned' }, { parcel: 'returned', isAway: true }],
    ['is lost', { status: 'undelivered', fulfilment: 'lost' }, { parcel: 'lost', isAway: true }],
  ])('when its parcel %s', (_, order, parcel) => {
    expect(resumePoint(order)).toMatchObject(parcel);
  });

  it('has an end that was written', () => {
    const over = { status: 'delivered', fulfilment: 'delivered', closedAt: ago(1) } as const;
    expect(resumePoint(over).closedAs).toBe('delivered');
    expect(resumePoint({ ...over, closedAt: null }).closedAs).toBeNull();
  });

  it('restarts no deadline', () => {
    const reserved = resumePoint({ fulfilment: 'reserved' }, { events: [RESERVED] });
    expect(reserved).toMatchObject({ reservationLeft: 35 * MINUTE, graceLeft: -5 * MINUTE });
    expect(resumePoint({}).reservationLeft).toBeNull();
    const waits = [{ step: 'deliver', deadline: ago(-60) }] as const;
    expect(resumePoint({ ...LABELLED, waits }).deliveryLeft).toBe(60 * MINUTE);
  });

  it('counts the shopper’s time from where it began', () => {
    const waits = [{ step: 'charge', deadline: ago(-10) }] as const;
    expect(resumePoint({ payment: 'requires_action', waits }).payingSince).toBe(NOW - 20 * MINUTE);
    expect(resumePoint({ payment: 'authorized', waits }).payingSince).toBeNull();
  });

  it('has an undecided cancellation request with its actor', () => {
    expect(resumePoint(PAID, { cancellationRequestedBy: 'service:shop' }).cancellationRequest).toEqual({
      code: 'cancelled',
      by: 'service:shop',
    });
  });

  describe('while it is compensated', () => {
    it('has the reason that the cancellation was begun for', () => {
      const changes = { status: { from: 'confirmed', to: 'cancelling' }, reason: 'carrier_refused' };
      const events = [RESERVED, entry(3, 'cancellation.accepted', changes, 'workflow')];
      expect(resumePoint({ ...PAID, status: 'cancelling' }, { events }).pendingCompensation).toEqual({
        status: 'cancelled',
        reason: { code: 'carrier_refused', by: 'workflow' },
        reversal: 'cancelled',
      });
    });

    it('has the reason of an end that is written', () => {
      const endReason = { code: 'out_of_stock', by: 'workflow' } as const;
      expect(resumePoint({ status: 'rejected', endReason }).pendingCompensation).toMatchObject({
        status: 'rejected',
        reason: endReason,
      });
    });

    it.each<[string, string, number, string]>([
      ['declined', 'declined', 5, 'payment_declined'],
      ['the shopper did not act', 'requires_action', 5, 'payment_expired'],
      ['it did not settle', 'processing', 5, 'payment_expired'],
      ['nothing was tried', 'none', 5, 'reservation_expired'],
      ['the reservation was over first', 'requires_action', -40, 'reservation_expired'],
    ])('is rejected by what was undone: %s', (_, from, minutesAgo, code) => {
      const events = [RESERVED, voided(minutesAgo, from)];
      const facts = { events, intentEffect: 'done', voidEffect: 'done' };
      expect(
        resumePoint({ payment: 'voided', fulfilment: 'released' }, facts).pendingCompensation,
      ).toMatchObject({
        status: 'rejected',
        reason: { code },
        reversal: 'expired',
      });
    });

    it('is so with its goods released, whatever its other facts', () => {
      const released = { fulfilment: 'released' } as const;
      expect(resumePoint(released, { intentEffect: 'refused' }).pendingCompensation).toMatchObject({
        reason: { code: 'payment_declined' },
      });
      expect(resumePoint(released, { intentEffect: 'closed' }).pendingCompensation).toMatchObject({
        reason: { code: 'reservation_expired' },
      });
    });

    it('is not while a payment is only waited for', () => {
      const facts = { events: [RESERVED], intentEffect: 'done' };
      expect(
        resumePoint({ payment: 'requires_action', fulfilment: 'reserved' }, facts).pendingCompensation,
      ).toBeNull();
    });

    it('is so once all its money was refunded before the label', () => {
      const booked = { captured: 500, refund_requested: 500, refund_succeeded: 200 };
      const events = [entry(1, 'refund.requested', {}, 'service:ops')];
      expect(resumePoint({ ...PAID, booked }, { events }).pendingCompensation).toMatchObject({
        status: 'cancelled',
        reason: { code: 'cancelled', by: 'service:ops' },
      });
      expect(
        resumePoint({ ...PAID, booked: { captured: 500, refund_requested: 499 } }).pendingCompensation,
      ).toBeNull();
    });
  });

  describe('after an operator’s answer that no run received', () => {
    const answer = (step: 'ship' | 'capture' | 'confirm', action: 'retry' | 'skip' | 'fail', minutes = 1) =>
      ({ step, action, by: 'service:ops', at: ago(minutes) }) as const;

    it('is given up with the step', () => {
      expect(resumePoint(PAID, { answers: [answer('ship', 'fail')] }).pendingCompensation).toMatchObject({
        status: 'cancelled',
        reason: { code: 'operator_failed', by: 'service:ops' },
      });
      expect(
        resumePoint(PAID, { answers: [answer('ship', 'fail'), answer('ship', 'retry')] }).pendingCompensation,
      ).toBeNull();
      expect(resumePoint(LABELLED, { answers: [answer('ship', 'fail')] }).pendingCompensation).toBeNull();
    });

    it('is sent no email that was skipped', () => {
      expect(resumePoint(LABELLED, { answers: [answer('confirm', 'skip')] }).done).toContain('confirm');
    });

    it('skips a step that failed once the parcel was in transit, and no other', () => {
      const events = [entry(5, 'shipment.picked_up', { status: { from: 'confirmed', to: 'shipped' } })];
      const done = (minutes: number) =>
        resumePoint(SHIPPED, { events, answers: [answer('capture', 'fail', minutes)] }).done;
      expect(done(1)).toContain('capture');
      expect(done(9)).not.toContain('capture');
    });
  });
});
