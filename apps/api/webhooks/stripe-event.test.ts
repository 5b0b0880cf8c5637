import { describe, expect, it } from 'vitest';

import { PAYMENT_EVENTS, readStripeEvent } from './stripe-event.js';

const intent = { id: 'pi_1', object: 'payment_intent' };
const event = {
  id: 'evt_1',
  type: 'payment_intent.succeeded',
  created: 1_767_225_600,
  livemode: false,
  data: { object: intent },
};
const read = (changes: Record<string, unknown> = {}, isLive = false) =>
  readStripeEvent(Buffer.from(JSON.stringify({ ...event, ...changes })), isLive);

describe("the payment provider's event", () => {
  it('names the intent to sync, and nothing else is read', () => {
    expect(read({ data: { object: { ...intent, amount: 3980, receipt_email: 'a@example.com' } } })).toEqual({
      eventId: 'evt_1',
      type: 'payment_intent.succeeded',
      objectId: 'pi_1',
      occurredAt: new Date('2026-01-01T00:00:00Z'),
      matters: true,
    });
  });

  it.each([
    ['a charge', { id: 'ch_1', object: 'charge', payment_intent: 'pi_1' }],
    ['a refund', { id: 're_1', object: 'refund', payment_intent: 'pi_1' }],
    [
      'a dispute',
      { id: 'du_1', object: 'dispute', payment_intent: { id: 'pi_1', object: 'payment_intent' } },
    ],
  ])('is about the intent of %s', (_, object) => {
    expect(read({ type: 'charge.refunded', data: { object } })).toMatchObject({
      objectId: 'pi_1',
      matters: true,
    });
  });

  it.each(PAYMENT_EVENTS)('matters when it is %s', (type) => {
    expect(read({ type }).matters).toBe(true);
  });

  it.each([
    ['its type is unknown', { type: 'payment_intent.partially_funded' }, 'pi_1'],
    [
      'it is about no intent',
      { data: { object: { id: 're_1', object: 'refund', payment_intent: null } } },
      'evt_1',
    ],
    [
      'it is about a card of another account',
      { type: 'payment_method.attached', data: { object: { id: 'pm_1', object: 'payment_method' } } },
      'evt_1',
    ],
  ])('is kept and changes nothing when %s', (_, changes, objectId) => {
    expect(read(changes)).toMatchObject({ matters: false, objectId });
  });

  const thin = {
    id: 'evt_test_65SBb7Oe',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error_report_triggered',
    created: '2026-01-01T00:00:00.500Z',
    livemode: false,
    related_object: { id: 'mtr_test_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_test_1' },
  };
  it('is kept and changes nothing when it is a thin one', () => {
    expect(read({ ...thin, data: undefined })).toEqual({
      eventId: thin.id,
      type: thin.type,
      objectId: thin.id,
      occurredAt: new Date('2026-01-01T00:00:00.500Z'),
      matters: false,
    });
    expect(() => read({ ...thin, livemode: true })).toThrow('wrong_livemode');
  });

  it.each([
    ['nothing', {}],
    ['a list', []],
    [
      'an id and a type that cannot be kept',
      { id: 'e'.repeat(256), type: 'a\0', created: 1e15, livemode: 'no' },
    ],
  ])('is kept by its body when it has %s', (_, body) => {
    const bytes = Buffer.from(JSON.stringify(body));
    expect(readStripeEvent(bytes, false)).toEqual({
      eventId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      type: 'unknown',
      objectId: readStripeEvent(bytes, false).eventId,
      occurredAt: expect.any(Date),
      matters: false,
    });
  });

  it('must be of the mode of our key', () => {
    expect(() => read({ livemode: true })).toThrow('wrong_livemode');
    expect(() => read({}, true)).toThrow('wrong_livemode');
    expect(read({ livemode: true }, true).matters).toBe(true);
  });

  it.each([
    ['no id', { id: undefined }],
    ['an intent without an id', { data: { object: { object: 'payment_intent', id: null } } }],
    ['an intent whose id holds a blank', { data: { object: { object: 'payment_intent', id: 'pi 1' } } }],
    ['an id too long to keep', { id: 'e'.repeat(256) }],
    ['no time', { created: 'yesterday' }],
    ['a time that PostgreSQL cannot hold', { created: 1e15 }],
    ['no mode', { livemode: undefined }],
    ['no object', { data: {} }],
  ])('is refused with %s, where its type matters', (_, changes) => {
    expect(() => read(changes)).toThrow('invalid_request');
  });

  it('is refused when it is no JSON', () => {
    expect(() => readStripeEvent(Buffer.from('{'), false)).toThrow('malformed_body');
  });
});
