import { randomBytes } from 'node:crypto';

import { Problem } from '../problem.js';
import type { SandboxState } from '../sandbox-state.js';
import { chargeableAmount, inSteps } from './amounts.js';
import type { Attempts } from './attempts.js';
import { failedCharge, releasedCharge } from './charge.js';
import type { Events } from './events.js';
import type { CreateIntent } from './parameters.js';
import { NOT_SETTLED, testCard, type TestCard } from './payment-methods.js';
import type { Settlements } from './settlements.js';
import { epochSeconds, newId } from './stripe-object.js';
import { type Charge, type Intent, intentSchema } from './stripe-objects.js';
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

export type Shopper = 'authenticate' | 'fail' | 'abandon';

/** PaymentIntents and the charges they make. Every change is made at once; nothing here waits. */
export class PaymentIntents {
  constructor(
    private readonly state: Pick<SandboxState, 'intents' | 'charges'>,
    private readonly attempts: Attempts,
    private readonly events: Events,
    private readonly settlements: Settlements,
  ) {}

  get(id: string): Intent {
    const intent = this.state.intents.get(id);
    if (!intent) {
      throw new StripeProblem('resource_missing', `No such payment_intent: '${id}'`, { param: 'intent' });
    }
    return intent;
  }

  create(request: CreateIntent): Intent {
    const { amount, currency } = request;
    chargeableAmount(amount, currency);
    if (request.payment_method !== undefined) knownCard(request.payment_method);
    const id = newId('pi');
    const intent = this.state.intents.set(
      id,
      intentSchema.parse({
        id,
        object: 'payment_intent',
        allowed_payment_method_types: request.allowed_payment_method_types ?? null,
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
        description: request.description ?? null,
        last_payment_error: null,
        latest_charge: null,
        livemode: false,
        metadata: request.metadata,
        next_action: null,
        payment_method: request.payment_method ?? null,
        payment_method_types: ['card'],
        status: request.payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
      }),
    );
    return request.confirm === 'true' ? this.confirm(id, {}) : intent;
  }

  /** @param played the card that is used instead of the named one */
  confirm(id: string, request: { payment_method?: string }, played?: TestCard): Intent {
    const intent = this.get(id);
    const method = request.payment_method ?? intent.payment_method;
    const card = played ?? (method === null ? undefined : knownCard(method));
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
    return this.attempts.try(intent, method, card);
  }

  capture(id: string, request: { amount_to_capture?: number }): Intent {
    const intent = this.get(id);
    const charge = this.#chargeOf(intent);
    if (intent.status !== 'requires_capture' || !charge) {
      throw unexpected(
        intent,
        `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      );
    }
    const amount = request.amount_to_capture ?? intent.amount_capturable;
    inSteps(amount, intent.currency, 'amount_to_capture');
    if (amount > intent.amount_capturable) {
      throw new StripeProblem('amount_too_large', 'The amount to capture exceeds the capturable amount', {
        param: 'amount_to_capture',
      });
    }
    return this.attempts.take(intent, charge, amount);
  }

  cancel(id: string, request: { cancellation_reason: string | null }): Intent {
    const intent = this.get(id);
    if (!CANCELABLE.includes(intent.status)) {
      throw unexpected(
        intent,
        `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
      );
    }
    return this.#cancel(intent, request.cancellation_reason);
  }

  /** The shopper answers the bank's authentication; a shopper who abandons it changes nothing. @throws Problem */
  act(id: string, does: Shopper): Intent {
    const intent = this.get(id);
    if (intent.status !== 'requires_action') {
      throw new Problem(409, `Nothing is asked of the shopper: ${id} is ${intent.status}`);
    }
    if (does === 'authenticate') return this.attempts.authenticate(intent);
    return does === 'fail' ? this.attempts.failAuthentication(intent) : intent;
  }

  /** The bank decides about a payment in processing. @throws Problem when nothing is to be decided */
  settle(id: string, becomes: 'succeeded' | 'failed'): Intent {
    const intent = this.get(id);
    const charge = this.#chargeOf(intent);
    if (intent.status !== 'processing' || !charge) {
      throw new Problem(409, `No bank has to decide: ${id} is ${intent.status}`);
    }
    return this.attempts.settle(intent, charge, becomes);
  }

  /** The days are over for which money is held; Stripe cancels the intent. @throws Problem when none is held */
  lapse(id: string): Intent {
    const intent = this.get(id);
    if (intent.status !== 'requires_capture') {
      throw new Problem(409, `No authorization can lapse: ${id} is ${intent.status}`);
    }
    return this.#cancel(intent, 'automatic');
  }

  #cancel(intent: Intent, cancellation_reason: string | null): Intent {
    const charge = this.#chargeOf(intent);
    if (charge && intent.status === 'requires_capture') {
      this.state.charges.set(charge.id, releasedCharge(charge));
    }
    if (charge && intent.status === 'processing') {
      this.state.charges.set(charge.id, failedCharge(charge, NOT_SETTLED));
      this.settlements.drop(intent.id);
    }
    const canceled = this.state.intents.set(intent.id, {
      ...intent,
      status: 'canceled',
      amount_capturable: 0,
      canceled_at: epochSeconds(),
      cancellation_reason,
      next_action: null,
      processing: null,
    });
    this.events.record('payment_intent.canceled', canceled);
    return canceled;
  }

  #chargeOf({ latest_charge }: Intent): Charge | undefined {
    return this.state.charges.get(latest_charge ?? '');
  }
}

function knownCard(method: string): TestCard {
  const card = testCard(method);
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
