import Stripe from 'stripe';

import { Outage, Refusal } from '#libs/domain/order/failure';
import { httpTrouble, networkTrouble, retryAfterOf } from '#libs/providers/provider-trouble';

import { ForeignAnswer } from './stripe-client.js';

/** Stripe's codes for a refusal that no retry changes (docs.stripe.com/error-codes), with ours. */
const REFUSAL_BY_STRIPE_CODE: ReadonlyMap<string, string> = new Map([
  ['amount_too_small', 'amount_too_small'],
  ['amount_too_large', 'amount_too_large'],
  ['charge_already_refunded', 'already_refunded'],
  ['charge_disputed', 'charge_disputed'],
  ['charge_expired_for_capture', 'payment_voided'],
  ['charge_not_refundable', 'not_refundable'],
  ['refund_disputed_payment', 'charge_disputed'],
  ['payment_intent_incompatible_payment_method', 'payment_method_refused'],
  ['payment_method_currency_mismatch', 'payment_method_refused'],
  ['payment_method_invalid_parameter', 'payment_method_refused'],
  ['payment_method_not_available', 'payment_method_refused'],
  ['payment_method_unactivated', 'payment_method_refused'],
  ['payment_method_unexpected_state', 'payment_method_refused'],
]);

/**
 * Maps an error of the SDK to ours: a `Refusal`, an `Outage`, or, for anything else, the unexpected error as it
 * came. Among those are a key that Stripe does not accept (an operator corrects it), and an
 * idempotency key used for two different calls (a bug of ours).
 */
export function stripeFailure(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { statusCode, code, param } = error;
  if (error instanceof Stripe.errors.StripeConnectionError) return unanswered(error);
  // An answer that is no JSON comes from a proxy between us and Stripe, which stored nothing.
  if (error instanceof Stripe.errors.StripeAPIError && statusCode === undefined) {
    return new Outage('gateway_unreachable', { cause: error });
  }
  const pause = retryAfterOf(error.headers?.['retry-after'], Date.now());
  // Another call holds the key or the object, and will release it.
  if (statusCode === 409 || code === 'lock_timeout')
    return new Outage('gateway_busy', { cause: error, retryAfter: pause });
  const trouble = statusCode === undefined ? null : httpTrouble(statusCode);
  if (trouble !== null) {
    // Stripe keeps what it answered under the key once it had begun.
    return new Outage(`gateway_${trouble}`, {
      cause: error,
      keyConsumed: trouble === 'error',
      retryAfter: pause,
    });
  }
  if (error instanceof Stripe.errors.StripeCardError) {
    return new Refusal('payment_declined', { cause: error });
  }
  if (code === 'resource_missing' && param === 'payment_method') {
    return new Refusal('payment_method_unknown', { cause: error });
  }
  const refusal = (code === undefined ? undefined : REFUSAL_BY_STRIPE_CODE.get(code)) ?? amountRefusal(error);
  return refusal === undefined ? error : new Refusal(refusal, { cause: error });
}

/** A call to which Stripe gave no answer; a proxy may have given one. */
function unanswered(error: Stripe.errors.StripeConnectionError): unknown {
  const { detail }: { detail?: unknown } = error;
  if (detail instanceof ForeignAnswer) {
    const trouble = httpTrouble(detail.status) ?? 'unreachable';
    return new Outage(`gateway_${trouble}`, { cause: error, retryAfter: detail.retryAfter });
  }
  const trouble = networkTrouble(detail);
  return trouble === null ? error : new Outage(`gateway_${trouble}`, { cause: error });
}

/** Whatever else is wrong with an amount, such as fractions of a currency that has none: it stays that amount. */
function amountRefusal({ rawType, code, param }: Stripe.errors.StripeError): string | undefined {
  const isRefused = rawType === 'invalid_request_error' && param === 'amount' && code !== 'parameter_missing';
  return isRefused ? 'amount_refused' : undefined;
}
