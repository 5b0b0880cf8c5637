import { randomBytes } from 'node:crypto';

import type { Collection } from '../collection.js';
import { approvedCharge, cardError, failedCharge } from './charge.js';
import type { CreateIntent } from './parameters.js';
import { type Decline, TEST_CARDS, type TestCard } from './payment-methods.js';
import { type Charge, epochSeconds, type Intent, newId } from './stripe-objects.js';
import { StripeProblem } from './stripe-problem.js';

/** From which an intent may be confirmed, captured, canceled (docs.stripe.com/payments/paymentintents/lifecycle). */
const CONFIRMABLE: readonly Intent['status'][] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];
const CANCELABLE: readonly Intent['status'][] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

/** Stripe's smallest amounts in minor units (docs.stripe.com/currencies); 1 where not listed. */
const SMALLEST: Readonly<Record<string, number>> = { eur: 50, usd: 50, chf: 50, gbp: 30 };
const LARGEST = 99_999_999;

/** PaymentIntents and the charges they make. Every change is made at once; nothing here waits. */
export class PaymentIntents {
  constructor(
    private readonly intents: Collection<Intent>,
    private readonly charges: Collection<Charge>,
  ) {}

  get(id: string): Intent {
    const intent = this.intents.get(id);
    if (!intent) {
      throw new StripeProblem('resource_missing', `No such payment_intent: '${id}'`, { param: 'intent' });
    }
    return intent;
  }

  create(request: CreateIntent): Intent {
    const { amount, currency } = request;
    if (amount < (SMALLEST[currency] ?? 1)) {
      throw new StripeProblem('amount_too_small', 'Amount is below the minimum charge amount', {
        param: 'amount',
      });
    }
    if (amount > LARGEST) {
      throw new StripeProblem('amount_too_large', 'Amount must be no more than 999999.99', {
        param: 'amount',
      });
    }
    if (request.payment_method !== undefined) testCard(request.payment_method);
    const id = newId('pi');
    const intent = this.intents.set(id, {
      id,
      object: 'payment_intent',
      amount,
      amount_capturable: 0,
      amount_received: 0,
      canceled_at: null,
      cancellation_reason: null,
      capture_method: request.capture_method,
      client_secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
      confirmation_method: 'automatic',
      created: epochSeconds(),
      currency,
      customer: null,
      description: request.description ?? null,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata: request.metadata,
      next_action: null,
      payment_method: request.payment_method ?? null,
      payment_method_types: ['card'],
      allowed_payment_method_types: request.allowed_payment_method_types ?? null,
      status: request.payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    });
    return request.confirm === 'true' ? this.confirm(id, {}) : intent;
  }

  /** @param played the card that is tried in place of the one that is named */
  confirm(id: string, request: { payment_method?: string }, played?: TestCard): Intent {
    const intent = this.get(id);
    const method = request.payment_method ?? intent.payment_method;
    const card = played ?? (method === null ? undefined : testCard(method));
    if (!CONFIRMABLE.includes(intent.status)) {
      throw unexpected(
        intent,
        intent.status === 'succeeded'
          ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
          : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${CONFIRMABLE.join(', ')}.`,
      );
    }
    if (method === null || !card) {
      throw unexpected(
        intent,
        'You cannot confirm this PaymentIntent because it is missing a payment method. Update it with a payment method and then confirm it again.',
      );
    }
    const { outcome } = card;
    if (outcome.is === 'challenged') {
      return this.intents.set(id, {
        ...intent,
        status: 'requires_action',
        payment_method: method,
        next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} },
        last_payment_error: null,
      });
    }
    if (outcome.is === 'declined') throw this.#decline(intent, method, card, outcome);
    return this.#approve(intent, method, card);
  }

  capture(id: string, request: { amount_to_capture?: number }): Intent {
    const intent = this.get(id);
    const charge = this.charges.get(intent.latest_charge ?? '');
    if (intent.status !== 'requires_capture' || !charge) {
      throw unexpected(
        intent,
        `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      );
    }
    const amount = request.amount_to_capture ?? intent.amount_capturable;
    if (amount > intent.amount_capturable) {
      throw new StripeProblem('amount_too_large', 'The amount to capture exceeds the capturable amount', {
        param: 'amount_to_capture',
      });
    }
    this.charges.set(charge.id, {
      ...charge,
      captured: true,
      amount_captured: amount,
      // What is not captured goes back to the shopper.
      amount_refunded: charge.amount - amount,
    });
    return this.intents.set(id, {
      ...intent,
      status: 'succeeded',
      amount_capturable: 0,
      amount_received: amount,
    });
  }

  cancel(id: string, request: { cancellation_reason: string | null }): Intent {
    const intent = this.get(id);
    if (!CANCELABLE.includes(intent.status)) {
      throw unexpected(
        intent,
        `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
      );
    }
    const charge = this.charges.get(intent.latest_charge ?? '');
    if (intent.status === 'requires_capture' && charge) {
      this.charges.set(charge.id, { ...charge, refunded: true, amount_refunded: charge.amount });
    }
    return this.intents.set(id, {
      ...intent,
      status: 'canceled',
      amount_capturable: 0,
      canceled_at: epochSeconds(),
      cancellation_reason: request.cancellation_reason,
      next_action: null,
    });
  }

  #approve(intent: Intent, method: string, card: TestCard): Intent {
    const captured = intent.capture_method !== 'manual';
    const charge = this.#keep(approvedCharge(intent, method, card, captured));
    return this.intents.set(intent.id, {
      ...intent,
      status: captured ? 'succeeded' : 'requires_capture',
      amount_capturable: captured ? 0 : intent.amount,
      amount_received: captured ? intent.amount : 0,
      last_payment_error: null,
      latest_charge: charge.id,
      next_action: null,
      payment_method: method,
    });
  }

  #decline(intent: Intent, method: string, card: TestCard, decline: Decline): StripeProblem {
    const charge = this.#keep(failedCharge(intent, method, card, decline));
    const error = cardError(charge, decline);
    const declined = this.intents.set(intent.id, {
      ...intent,
      status: 'requires_payment_method',
      last_payment_error: error,
      latest_charge: charge.id,
      next_action: null,
      payment_method: null,
    });
    return new StripeProblem('card_error', decline.message, { ...error, payment_intent: declined });
  }

  #keep(charge: Charge): Charge {
    return this.charges.set(charge.id, charge);
  }
}

function testCard(method: string): TestCard {
  const card = Object.hasOwn(TEST_CARDS, method) ? TEST_CARDS[method] : undefined;
  if (!card) {
    throw new StripeProblem('unknown_reference', `No such PaymentMethod: '${method}'`, {
      param: 'payment_method',
    });
  }
  return card;
}

function unexpected(intent: Intent, message: string): StripeProblem {
  return new StripeProblem('payment_intent_unexpected_state', message, { payment_intent: intent });
}
