import type { Decline, TestCard } from './payment-methods.js';
import { type CardError, type Charge, epochSeconds, type Intent, newId } from './stripe-objects.js';
import { documentation } from './stripe-problem.js';

/** An attempt that took the money, or holds it until it is captured. */
export function approvedCharge(intent: Intent, method: string, card: TestCard, captured: boolean): Charge {
  return {
    ...attempt(intent, method, card),
    captured,
    amount_captured: captured ? intent.amount : 0,
    paid: true,
    status: 'succeeded',
  };
}

/** An attempt that came to nothing; Stripe lists those, too. */
export function failedCharge(intent: Intent, method: string, card: TestCard, decline: Decline): Charge {
  return {
    ...attempt(intent, method, card),
    failure_code: decline.code,
    failure_message: decline.message,
    paid: false,
    status: 'failed',
  };
}

/** What a failed charge is as an error. */
export function cardError(charge: Charge, { code, declineCode, message }: Decline): CardError {
  return {
    type: 'card_error',
    code,
    ...(declineCode !== undefined && { decline_code: declineCode }),
    message,
    charge: charge.id,
    doc_url: documentation(code),
    payment_method: {
      id: charge.payment_method,
      object: 'payment_method',
      type: 'card',
      card: charge.payment_method_details.card,
    },
  };
}

function attempt(intent: Intent, method: string, { brand, last4 }: TestCard) {
  return {
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
    payment_intent: intent.id,
    payment_method: method,
    payment_method_details: { type: 'card', card: { brand, last4 } },
    refunded: false,
  } as const;
}
