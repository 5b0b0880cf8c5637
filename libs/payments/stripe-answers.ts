import type Stripe from 'stripe';
import { z } from 'zod';

import type { GatewayDispute, GatewayRefund, Intent, IntentStatus, RefundStatus } from './payment-gateway.js';

/** What Stripe calls an intent's statuses; `requires_payment_method` is two of ours. */
const STATUSES: ReadonlyMap<string, IntentStatus> = new Map([
  ['requires_confirmation', 'unconfirmed'],
  ['requires_action', 'requires_action'],
  ['processing', 'processing'],
  ['requires_capture', 'authorized'],
  ['succeeded', 'captured'],
  ['canceled', 'canceled'],
]);

const REFUND_STATUSES: ReadonlyMap<string, RefundStatus> = new Map([
  ['pending', 'pending'],
  ['requires_action', 'pending'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

/** How a dispute is over; a status that is not listed is still open (docs.stripe.com/api/disputes/object). */
const DISPUTE_OUTCOMES: ReadonlyMap<string, GatewayDispute['outcome']> = new Map([
  ['won', 'won'],
  ['warning_closed', 'won'],
  ['prevented', 'won'],
  ['lost', 'lost'],
]);

/** A name of Stripe's, as it goes into rows and the audit trail. */
const name = z.string().regex(/^[\w.:-]{1,255}$/);
const minorUnits = z.int().min(0);
const seconds = z.int().min(0);
/** What explains, and decides nothing: one that cannot be kept is left out. */
const explanation = name.nullish().catch(null);

const metadataAnswer = z.record(z.string(), z.string()).nullish();
const reference = z.union([name, z.object({ id: name }).transform(({ id }) => id)]).nullish();

/**
 * The fields read of Stripe's objects. The SDK only types them; they are validated before anything is booked. An
 * answer that does not fit is a z.ZodError, an unexpected failure: the order is parked for an operator.
 */
const IntentAnswer = z.object({
  id: name,
  status: name,
  amount: minorUnits,
  amount_received: minorUnits,
  amount_capturable: minorUnits,
  currency: name,
  metadata: metadataAnswer,
  client_secret: z.string().max(500).nullish(),
  last_payment_error: z.object({ code: explanation, decline_code: explanation }).nullish(),
  latest_charge: z
    .union([
      name,
      z.object({
        payment_method_details: z
          .object({ card: z.object({ capture_before: seconds.nullish() }).nullish() })
          .nullish(),
      }),
    ])
    .nullish(),
});
type IntentAnswer = z.output<typeof IntentAnswer>;

const RefundAnswer = z.object({
  id: name,
  status: name.nullish(),
  payment_intent: reference,
  metadata: metadataAnswer,
  amount: minorUnits,
  currency: name,
  failure_reason: explanation,
});

const DisputeAnswer = z.object({
  id: name,
  amount: minorUnits,
  currency: name,
  status: name,
  reason: name,
  created: seconds,
  balance_transactions: z.array(z.object({ amount: z.int(), currency: name })),
});
type DisputeAnswer = z.output<typeof DisputeAnswer>;

/** @throws z.ZodError unless it is an intent */
export const readIntent = (answer: Stripe.PaymentIntent): IntentAnswer => IntentAnswer.parse(answer);

export function asIntent(answer: Stripe.PaymentIntent): Intent {
  const intent = readIntent(answer);
  const status = statusOf(intent);
  const { last_payment_error: failure } = intent;
  return {
    id: intent.id,
    status,
    declineCode: status === 'declined' ? (failure?.decline_code ?? failure?.code ?? null) : null,
    holdUntil: status === 'authorized' ? holdOf(intent.latest_charge) : null,
    orderId: intent.metadata?.['orderId'] ?? null,
    currency: intent.currency.toUpperCase(),
    amount: intent.amount,
    received: intent.amount_received,
    held: intent.amount_capturable,
  };
}

function statusOf({ status, last_payment_error: failure }: IntentAnswer): IntentStatus {
  if (status === 'requires_payment_method') return failure ? 'declined' : 'unconfirmed';
  const known = STATUSES.get(status);
  if (!known) throw new Error(`Stripe has an intent status that is unknown here: ${status}`);
  return known;
}

/** When the bank releases a hold, by card (docs.stripe.com/payments/place-a-hold-on-a-payment-method). */
function holdOf(charge: IntentAnswer['latest_charge']): Date | null {
  const details = typeof charge === 'object' ? charge?.payment_method_details : null;
  const before = details?.card?.capture_before ?? null;
  return before === null ? null : new Date(before * 1_000);
}

export function asRefund(refund: Stripe.Refund): GatewayRefund {
  const answer = RefundAnswer.parse(refund);
  const { id, status, metadata, amount, currency, failure_reason } = answer;
  return {
    id,
    intentId: answer.payment_intent ?? null,
    status: REFUND_STATUSES.get(status ?? 'pending') ?? 'pending',
    refundId: metadata?.['refundId'] ?? null,
    amount,
    currency: currency.toUpperCase(),
    failure: failure_reason ?? null,
  };
}

export function asDispute(answer: Stripe.Dispute): GatewayDispute {
  const dispute = DisputeAnswer.parse(answer);
  const { id, amount, status, reason, created } = dispute;
  return {
    id,
    amount,
    currency: dispute.currency.toUpperCase(),
    status,
    reason,
    openedAt: new Date(created * 1_000),
    withdrawn: moved(dispute, -1),
    reinstated: moved(dispute, 1),
    outcome: DISPUTE_OUTCOMES.get(status) ?? 'open',
  };
}

/**
 * The amount that a dispute took from the account, or returned: gross, without its fees. An account settled in
 * another currency moves amounts of that one; the dispute's own amount is what they are worth.
 */
function moved({ amount, currency, balance_transactions }: DisputeAnswer, sign: 1 | -1): number {
  return balance_transactions
    .filter((movement) => Math.sign(movement.amount) === sign)
    .reduce((sum, movement) => sum + (movement.currency === currency ? sign * movement.amount : amount), 0);
}
