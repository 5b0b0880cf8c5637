import type { SandboxState } from '../sandbox-state.js';
import type { Balance } from './balance.js';
import {
  authenticationError,
  authorizedCharge,
  capturedCharge,
  cardError,
  failedCharge,
  pendingCharge,
} from './charge.js';
import type { Disputes } from './disputes.js';
import type { Events } from './events.js';
import { type Decline, NOT_SETTLED, testCard, type TestCard } from './payment-methods.js';
import type { Settlements } from './settlements.js';
import type { Charge, Intent, PaymentError } from './stripe-objects.js';
import { StripeProblem } from './stripe-problem.js';

/** The result of an attempt when it is over. */
const OVER = { next_action: null, processing: null } as const;

/** The outcome of an attempt to pay an intent: at once, by the shopper, or later by the bank. */
export class Attempts {
  constructor(
    private readonly state: Pick<SandboxState, 'intents' | 'charges'>,
    private readonly balance: Balance,
    private readonly events: Events,
    private readonly settlements: Settlements,
    private readonly disputes: Disputes,
  ) {}

  /** @throws StripeProblem when the card is declined */
  try(intent: Intent, method: string, card: TestCard): Intent {
    const { outcome } = card;
    if (outcome.is === 'challenged') return this.#challenge(intent, method);
    const charge = pendingCharge(intent, method, card);
    if (outcome.is === 'processing') return this.#wait(intent, charge, outcome.decline);
    if (outcome.is === 'approved') return this.#approve(intent, charge);
    const declined = this.#decline(intent, charge, outcome);
    throw new StripeProblem('card_error', outcome.message, {
      ...cardError(charge, outcome),
      payment_intent: declined,
    });
  }

  /** The shopper authenticates, and the bank may still decline. */
  authenticate(intent: Intent): Intent {
    const { method, card } = methodOf(intent);
    const charge = pendingCharge(intent, method, card);
    const { outcome } = card;
    if (outcome.is === 'challenged' && outcome.decline) return this.#decline(intent, charge, outcome.decline);
    return this.#approve(intent, charge);
  }

  failAuthentication(intent: Intent): Intent {
    const { method, card } = methodOf(intent);
    return this.#fail(intent, authenticationError(method, card), intent.latest_charge);
  }

  /** The bank has decided about a payment in processing. */
  settle(intent: Intent, charge: Charge, becomes: 'succeeded' | 'failed'): Intent {
    this.settlements.drop(intent.id);
    if (becomes === 'succeeded') return this.#approve(intent, charge);
    const { outcome } = methodOf(intent).card;
    return this.#decline(intent, charge, (outcome.is === 'processing' && outcome.decline) || NOT_SETTLED);
  }

  /** Takes an amount that was approved, now or before. */
  take(intent: Intent, charge: Charge, amount: number): Intent {
    const captured = capturedCharge(charge, amount);
    const booked = this.#keep({ ...captured, balance_transaction: this.balance.captured(captured) });
    const succeeded = this.state.intents.set(intent.id, {
      ...intent,
      ...OVER,
      status: 'succeeded',
      amount_capturable: 0,
      amount_received: amount,
      last_payment_error: null,
      latest_charge: charge.id,
      payment_method: charge.payment_method,
    });
    this.events.record('payment_intent.succeeded', succeeded);
    const disputed = testCard(charge.payment_method)?.disputed;
    if (disputed) this.disputes.open(booked, disputed);
    return succeeded;
  }

  #approve(intent: Intent, charge: Charge): Intent {
    if (intent.capture_method !== 'manual') return this.take(intent, charge, charge.amount);
    this.#keep(authorizedCharge(charge));
    const held = this.state.intents.set(intent.id, {
      ...intent,
      ...OVER,
      status: 'requires_capture',
      amount_capturable: intent.amount,
      last_payment_error: null,
      latest_charge: charge.id,
      payment_method: charge.payment_method,
    });
    this.events.record('payment_intent.amount_capturable_updated', held);
    return held;
  }

  #challenge(intent: Intent, method: string): Intent {
    const challenged = this.state.intents.set(intent.id, {
      ...intent,
      status: 'requires_action',
      last_payment_error: null,
      next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} },
      payment_method: method,
    });
    this.events.record('payment_intent.requires_action', challenged);
    return challenged;
  }

  #wait(intent: Intent, charge: Charge, decline: Decline | undefined): Intent {
    this.#keep(charge);
    const waiting = this.state.intents.set(intent.id, {
      ...intent,
      status: 'processing',
      last_payment_error: null,
      latest_charge: charge.id,
      next_action: null,
      payment_method: charge.payment_method,
      processing: { type: 'card', card: {} },
    });
    this.settlements.await(intent.id, decline ? 'failed' : 'succeeded');
    this.events.record('payment_intent.processing', waiting);
    return waiting;
  }

  #decline(intent: Intent, charge: Charge, decline: Decline): Intent {
    this.#keep(failedCharge(charge, decline));
    return this.#fail(intent, cardError(charge, decline), charge.id);
  }

  /** Another payment method may be tried. */
  #fail(intent: Intent, error: PaymentError, latest_charge: string | null): Intent {
    const failed = this.state.intents.set(intent.id, {
      ...intent,
      ...OVER,
      status: 'requires_payment_method',
      last_payment_error: error,
      latest_charge,
      payment_method: null,
    });
    this.events.record('payment_intent.payment_failed', failed);
    return failed;
  }

  #keep(charge: Charge): Charge {
    return this.state.charges.set(charge.id, charge);
  }
}

function methodOf({ id, payment_method: method }: Intent): { method: string; card: TestCard } {
  const card = method === null ? undefined : testCard(method);
  if (method === null || !card) throw new Error(`${id} has no payment method that is known`);
  return { method, card };
}
