import type { ProviderIntent, ProviderRefund } from '../payment/payment-diff.js';

/** The values an order's payment was requested with. */
export interface ExpectedPayment {
  readonly orderId: string;
  /** Null while the order has none. */
  readonly intentId: string | null;
  /** Upper case. */
  readonly currency: string;
}

export interface ExpectedRefund extends ExpectedPayment {
  /** Ours. */
  readonly refundId: string;
  /** Minor units. */
  readonly amount: number;
}

/**
 * How an answer about an intent contradicts the request, as a code; null when it may be believed. The amount
 * captured or held is no contradiction: it is the news.
 */
export function intentContradiction(asked: ExpectedPayment, seen: ProviderIntent): string | null {
  if (asked.intentId !== null && seen.id !== asked.intentId) return 'intent_differs';
  if (seen.orderId !== null && seen.orderId !== asked.orderId) return 'intent_order_differs';
  if (seen.currency !== asked.currency) return 'intent_currency_differs';
  const isPaid = seen.status === 'captured' || seen.status === 'authorized';
  return isPaid && moneyOf(seen) === 0 ? 'intent_amount_differs' : null;
}

/** The same for a new intent: no attempt can have been made on it, and its amount is the requested one. */
export function newIntentContradiction(
  asked: ExpectedPayment,
  amount: number,
  seen: ProviderIntent,
): string | null {
  if (seen.amount !== amount) return 'intent_amount_differs';
  if (seen.status !== 'unconfirmed') return 'intent_state_differs';
  return intentContradiction(asked, seen);
}

/** The same for a refund that was requested. */
export function refundContradiction(asked: ExpectedRefund, seen: ProviderRefund): string | null {
  if (seen.refundId !== null && seen.refundId !== asked.refundId) return 'refund_differs';
  if (seen.intentId !== null && seen.intentId !== asked.intentId) return 'refund_intent_differs';
  if (seen.currency !== asked.currency) return 'refund_currency_differs';
  return seen.amount === asked.amount ? null : 'refund_amount_differs';
}

/** What was taken with an intent, or is held with it, in minor units. */
export const moneyOf = ({ status, received, held }: ProviderIntent): number =>
  status === 'captured' ? received : status === 'authorized' ? held : 0;
