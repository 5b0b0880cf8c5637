import type { Decline, TestCard } from './payment-methods.js';
import { epochSeconds, newId } from './stripe-object.js';
import {
  type Charge,
  chargeSchema,
  type Intent,
  type PaymentError,
  type PaymentMethod,
  paymentMethodSchema,
} from './stripe-objects.js';
import { documentation } from './stripe-problem.js';

/** How long money is held before the authorization lapses, in seconds (docs.stripe.com/payments/place-a-hold-on-a-payment-method). */
const HOLD = 7 * 86_400;

/** An attempt without an outcome yet. */
export function pendingCharge(intent: Intent, method: string, { brand, last4 }: TestCard): Charge {
  return chargeSchema.parse({
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    captured: false,
    created: epochSeconds(),
    currency: intent.currency,
    disputed: false,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: intent.metadata,
    paid: false,
    payment_intent: intent.id,
    payment_method: method,
    payment_method_details: { type: 'card', card: { brand, last4, network: brand } },
    refunded: false,
    status: 'pending',
  });
}

/** An attempt that took the money, or a part of it: then the rest goes back to the shopper. */
export function capturedCharge(charge: Charge, amount: number): Charge {
  return {
    ...charge,
    captured: true,
    amount_captured: amount,
    amount_refunded: charge.amount - amount,
    paid: true,
    status: 'succeeded',
  };
}

/** An attempt that holds the money until it is captured. */
export function authorizedCharge(charge: Charge): Charge {
  const { type, card } = charge.payment_method_details;
  const held = { ...card, amount_authorized: charge.amount, capture_before: epochSeconds() + HOLD };
  return { ...charge, payment_method_details: { type, card: held }, paid: true, status: 'succeeded' };
}

/** An authorization that is given up, by the shop or by time: nothing was taken. */
export function releasedCharge(charge: Charge): Charge {
  return { ...charge, refunded: true, amount_refunded: charge.amount };
}

/** An attempt that failed; Stripe lists those, too. */
export function failedCharge(charge: Charge, decline: Decline): Charge {
  return { ...charge, failure_code: decline.code, failure_message: decline.message, status: 'failed' };
}

/** What a failed charge is as an error. */
export function cardError(charge: Charge, { code, declineCode, message }: Decline): PaymentError {
  return {
    type: 'card_error',
    code,
    ...(declineCode !== undefined && { decline_code: declineCode }),
    message,
    charge: charge.id,
    doc_url: documentation(code),
    payment_method: shownMethod(charge.payment_method, charge.payment_method_details.card),
  };
}

/** What a shopper's failure to authenticate is as an error. */
export function authenticationError(method: string, card: TestCard): PaymentError {
  const code = 'payment_intent_authentication_failure';
  return {
    type: 'invalid_request_error',
    code,
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
    doc_url: documentation(code),
    payment_method: shownMethod(method, card),
  };
}

function shownMethod(id: string, { brand, last4 }: { brand: string; last4: string }): PaymentMethod {
  return paymentMethodSchema.parse({ id, object: 'payment_method', type: 'card', card: { brand, last4 } });
}
