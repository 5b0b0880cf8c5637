import type { Answer } from '../answer.js';
import type { Intent, PaymentError } from './stripe-objects.js';

interface Kind {
  readonly status: number;
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  /**
   * Whether the answer is kept under the idempotency key: so it is from the moment an operation began, and
   * not when a request was refused before that (docs.stripe.com/api/idempotent_requests).
   */
  readonly began: boolean;
}

const turnedAway = { status: 400, type: 'invalid_request_error', began: false } as const;
const refused = { status: 400, type: 'invalid_request_error', began: true } as const;

/** The errors the gateway answers, by Stripe's code (docs.stripe.com/error-codes). */
const KINDS = {
  parameter_missing: turnedAway,
  parameter_unknown: turnedAway,
  parameter_invalid_integer: turnedAway,
  parameter_invalid: turnedAway,
  amount_too_small: turnedAway,
  amount_too_large: turnedAway,
  resource_missing: { ...turnedAway, status: 404 },
  unknown_reference: turnedAway,
  unauthorized: { ...turnedAway, status: 401 },
  forbidden: { ...turnedAway, status: 403 },
  unknown_url: { ...turnedAway, status: 404 },
  idempotency_mismatch: { ...turnedAway, type: 'idempotency_error' },
  idempotency_key_in_use: { ...turnedAway, status: 409, type: 'idempotency_error' },
  lock_timeout: { ...turnedAway, status: 429 },
  rate_limit: { ...turnedAway, status: 429 },
  payment_intent_unexpected_state: refused,
  charge_already_refunded: refused,
  charge_disputed: refused,
  charge_expired_for_capture: refused,
  refund_too_large: refused,
  nothing_to_refund: refused,
  card_error: { status: 402, type: 'card_error', began: true },
  api_error: { status: 500, type: 'api_error', began: true },
} as const satisfies Record<string, Kind>;

/** Where Stripe's code is another than the name of the kind here; null where Stripe sends none. */
const CODES: Partial<Record<keyof typeof KINDS, string | null>> = {
  parameter_invalid: null,
  unknown_reference: 'resource_missing',
  unauthorized: null,
  forbidden: null,
  unknown_url: null,
  idempotency_mismatch: null,
  refund_too_large: 'amount_too_large',
  nothing_to_refund: null,
  api_error: null,
};

interface Details extends Partial<Omit<PaymentError, 'type'>> {
  param?: string;
  payment_intent?: Intent;
}

/** An error as Stripe answers it. */
export class StripeProblem extends Error {
  readonly answer: Answer;
  readonly began: boolean;

  constructor(kind: keyof typeof KINDS, message: string, details: Details = {}) {
    super(message);
    const { status, type, began } = KINDS[kind];
    const code = CODES[kind] === undefined ? kind : CODES[kind];
    this.began = began;
    this.answer = {
      status,
      body: {
        error: { type, ...(code && { code, doc_url: documentation(code) }), message, ...details },
      },
      // The SDK must not repeat a call that Stripe would mark as not to be repeated.
      headers: began ? { 'stripe-should-retry': 'false' } : {},
    };
  }
}

/** How a read is refused. @throws StripeProblem */
export function forbidden(): never {
  throw new StripeProblem('forbidden', 'The provided key does not have the required permissions.');
}

export function documentation(code: string): string {
  return `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`;
}
