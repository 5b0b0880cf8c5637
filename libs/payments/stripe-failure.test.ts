import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';

import { Outage, Refusal } from '#libs/order/failure';

import { stripeFailure } from './stripe-failure.js';

const answered = (statusCode: number, raw: { type?: Stripe.RawErrorType; code?: string; param?: string }) =>
  Stripe.errors.generateV1Error({
    type: 'invalid_request_error',
    message: 'secret words',
    statusCode,
    ...raw,
  });
const unanswered = new Stripe.errors.StripeConnectionError({
  type: 'api_error',
  message: 'secret words',
});
const noJson = new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'secret words' });

describe('stripeFailure', () => {
  it.each([
    ['a broken connection or a time-out', unanswered, 'gateway_unreachable', false],
    ['an answer that is no JSON', noJson, 'gateway_unreachable', false],
    ['429', answered(429, { code: 'rate_limit' }), 'gateway_rate_limited', false],
    ['a locked object', answered(429, { code: 'lock_timeout' }), 'gateway_busy', false],
    [
      'a key in use',
      answered(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }),
      'gateway_busy',
      false,
    ],
    ['500', answered(500, { type: 'api_error' }), 'gateway_error', true],
    ['503', answered(503, { type: 'api_error' }), 'gateway_error', true],
  ])('takes %s for an outage', (_what, error, code, keySpent) => {
    const failure = stripeFailure(error);
    expect(failure).toBeInstanceOf(Outage);
    expect(failure).toMatchObject({ code, keySpent, message: code });
  });

  it.each([
    ['a declined card', answered(402, { type: 'card_error', code: 'card_declined' }), 'payment_declined'],
    [
      'an unknown payment method',
      answered(400, { code: 'resource_missing', param: 'payment_method' }),
      'payment_method_unknown',
    ],
    ['a tiny amount', answered(400, { code: 'amount_too_small' }), 'amount_too_small'],
    ['a second full refund', answered(400, { code: 'charge_already_refunded' }), 'already_refunded'],
    ['a hold that lapsed', answered(400, { code: 'charge_expired_for_capture' }), 'payment_voided'],
    ['a disputed charge', answered(400, { code: 'charge_disputed' }), 'charge_disputed'],
  ])('takes %s for a refusal', (_what, error, code) => {
    const failure = stripeFailure(error);
    expect(failure).toBeInstanceOf(Refusal);
    expect(failure).toMatchObject({ code, message: code });
  });

  it.each([
    ['a key that Stripe does not take', answered(401, {})],
    ['a key that may not do this', answered(403, {})],
    ['a key used for two different calls', answered(400, { type: 'idempotency_error' })],
    ['an unknown intent', answered(404, { code: 'resource_missing', param: 'intent' })],
    ['an unknown parameter', answered(400, { code: 'parameter_unknown', param: 'colour' })],
    ['what is not of Stripe', new TypeError('oops')],
  ])('leaves %s as the bug it is', (_what, error) => {
    expect(stripeFailure(error)).toBe(error);
  });
});
