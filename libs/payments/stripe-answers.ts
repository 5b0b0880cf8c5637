import type Stripe from 'stripe';

import type { GatewayDispute, GatewayRefund, Intent, IntentStatus, RefundStatus } from './payment-gateway.js';

/** What Stripe calls an intent's statuses; `requires_payment_method` is two of ours. */
const STATUSES: Readonly<Record<string, IntentStatus>> = {
  requires_confirmation: 'unconfirmed',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorized',
  succeeded: 'captured',
  canceled: 'canceled',
};

const REFUND_STATUSES: Readonly<Record<string, RefundStatus>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
};

/** How a dispute is over; whatever is not listed is still open (docs.stripe.com/api/disputes/object). */
const DISPUTE_OUTCOMES: Readonly<Record<string, GatewayDispute['outcome']>> = {
  won: 'won',
  warning_closed: 'won',
  prevented: 'won',
  lost: 'lost',
};

export function asIntent(intent: Stripe.PaymentIntent): Intent {
  const { id, status, last_payment_error: failure } = intent;
  if (status === 'requires_payment_method') {
    if (!failure) return { id, status: 'unconfirmed', declineCode: null, holdUntil: null };
    const declineCode = failure.decline_code ?? failure.code ?? null;
    return { id, status: 'declined', declineCode, holdUntil: null };
  }
  const known = STATUSES[status];
  if (!known) throw new Error(`Stripe has an intent status that is unknown here: ${status}`);
  return { id, status: known, declineCode: null, holdUntil: known === 'authorized' ? holdOf(intent) : null };
}

/** When the bank lets a hold go, which differs by card (docs.stripe.com/payments/place-a-hold-on-a-payment-method). */
function holdOf({ latest_charge: charge }: Stripe.PaymentIntent): Date | null {
  const details = typeof charge === 'object' ? charge?.payment_method_details : null;
  const seconds = details?.card?.capture_before;
  return seconds === undefined ? null : new Date(seconds * 1_000);
}

export function asRefund({ id, status, metadata, amount, failure_reason }: Stripe.Refund): GatewayRefund {
  return {
    id,
    status: REFUND_STATUSES[status ?? 'pending'] ?? 'pending',
    refundId: metadata?.['refundId'] ?? null,
    amount,
    failure: failure_reason ?? null,
  };
}

export function asDispute(dispute: Stripe.Dispute): GatewayDispute {
  const { id, amount, status, reason, created } = dispute;
  return {
    id,
    amount,
    status,
    reason,
    openedAt: new Date(created * 1_000),
    withdrawn: moved(dispute, -1),
    reinstated: moved(dispute, 1),
    outcome: DISPUTE_OUTCOMES[status] ?? 'open',
  };
}

/**
 * What a dispute took from the account, or gave back: gross, so without its fees. An account that is settled in
 * another currency moves amounts of that one; the dispute's own amount is what they are worth.
 */
function moved({ amount, currency, balance_transactions }: Stripe.Dispute, sign: 1 | -1): number {
  return balance_transactions
    .filter((movement) => Math.sign(movement.amount) === sign)
    .reduce((sum, movement) => sum + (movement.currency === currency ? sign * movement.amount : amount), 0);
}
