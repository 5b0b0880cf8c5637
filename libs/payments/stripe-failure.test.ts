import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';

import { Outage, Refusal } from '#libs/domain/order/failure';

import { ForeignAnswer } from './stripe-client.js';
import { stripeFailure } from './stripe-failure.js';

const answered = (statusCode: number, raw: { type?: Stripe.RawErrorType; code?: string; param?: string }) =>
  Stripe.errors.generateV1Error({
    type: 'invalid_request_error',
    message: 'secret words',
    statusCode,
    ...raw,
  });
const unanswered = (detail: unknown) =>
  Object.assign(new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'secret words' }), {
    detail,
  });
const refused = Object.assign(new Error('secret words'), { code: 'ECONNREFUSED' });
const late = Object.assign(new TypeError('ETIMEDOUT'), { code: 'ETIMEDOUT' });
const noJson = new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'secret words' });

describe('stripeFailure', () => {
  it.each([
    ['a broken connection', unanswered(refused), 'gateway_unreachable', false],
    ['a time-out', unanswered(late), 'gateway_timeout', false],
    ['a page of something on the way', unanswered(new ForeignAnswer(502, undefined)), 'gateway_error', false],
    ['its redirect', unanswered(new ForeignAnswer(302, undefined)), 'gateway_unreachable', false],
    ['its "no"', unanswered(new ForeignAnswer(403, undefined)), 'gateway_unreachable', false],
    ['408', answered(408, {}), 'gateway_timeout', false],
    ['425', answered(425, {}), 'gateway_busy', false],
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
  ])('takes %s for an outage', (_what, error, code, keyConsumed) => {
    const failure = stripeFailure(error);
    expect(failure).toBeInstanceOf(Outage);
    expect(failure).toMatchObject({ code, keyConsumed, message: code });
  });

  it.each([
    [answered(503, { type: 'api_error' }), '9', 9_000],
    [answered(429, { code: 'rate_limit' }), '2', 2_000],
    [answered(409, { code: 'lock_timeout' }), '1', 1_000],
    [answered(503, { type: 'api_error' }), undefined, undefined],
  ])('reads how long to wait before a retry (%#)', (error, header, pause) => {
    if (header !== undefined) Object.assign(error, { headers: { 'retry-after': header } });
    expect(stripeFailure(error)).toMatchObject({ name: 'Outage', retryAfter: pause });
  });

  it.each([
    ['a declined card', answered(402, { type: 'card_error', code: 'card_declined' }), 'payment_declined'],
    [
      'an unknown payment method',
      answered(400, { code: 'resource_missing', param: 'payment_method' }),
      'payment_method_unknown',
    ],
    ['a tiny amount', answered(400, { code: 'amount_too_small' }), 'amount_too_small'],
    ['a huge amount', answered(400, { code: 'amount_too_large', param: 'amount' }), 'amount_too_large'],
    ['half a króna', answered(400, { param: 'amount' }), 'amount_refused'],
    [
      'an amount of too many digits',
      answered(400, { code: 'parameter_invalid_integer', param: 'amount' }),
      'amount_refused',
    ],
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
    ['a status that Stripe does not have', answered(418, {})],
    ['a currency that the account does not have', answered(400, { param: 'currency' })],
    ['no amount', answered(400, { code: 'parameter_missing', param: 'amount' })],
    ['what is not of Stripe', new TypeError('oops')],
    ['a call that could not be made', unanswered(new TypeError('oops'))],
  ])('leaves %s as it is', (_what, error) => {
    expect(stripeFailure(error)).toBe(error);
  });
});
