import type { CancellationState } from './cancellation.js';
import { type EndCode, REJECTION_CODES } from './end.js';
import type { RefundState } from '../refund/refund.js';
import type { OrderState } from './states.js';

/** Why an order was rejected or cancelled. */
const ORDER_REFUSALS = [...REJECTION_CODES, 'cancelled'] as const satisfies readonly EndCode[];

/** Why a request was refused. */
export type RefusalCode = (typeof ORDER_REFUSALS)[number] | 'refund_failed' | 'cancellation_refused';

/** The outcome of a request. */
export type Outcome =
  /** Not known yet; processing continues by itself. */
  | { readonly is: 'open' }
  /** Not known before the shopper acts on the payment. */
  | { readonly is: 'with_shopper' }
  | { readonly is: 'done' }
  | { readonly is: 'refused'; readonly code: RefusalCode };

const OPEN: Outcome = { is: 'open' };
const DONE: Outcome = { is: 'done' };

/** The facts that decide the outcome of an order. */
export interface OrderFacts extends Pick<OrderState, 'status' | 'payment'> {
  readonly endCode: EndCode | null;
  /** Whether the order was ever confirmed, even if it ended otherwise. */
  readonly wasConfirmed: boolean;
}

/** The facts that decide the outcome of each kind of request. */
export type OutcomeFacts =
  | { readonly about: 'order'; readonly facts: OrderFacts }
  | { readonly about: 'refund'; readonly facts: { readonly state: RefundState } }
  | { readonly about: 'cancellation'; readonly facts: { readonly state: CancellationState } }
  /** An operator's answer to an attention: done once the order continues with it. */
  | { readonly about: 'resolution'; readonly facts: { readonly isApplied: boolean } };

export function outcomeOf(asked: OutcomeFacts): Outcome {
  switch (asked.about) {
    case 'order':
      return ofOrder(asked.facts);
    case 'refund':
      return REFUNDS[asked.facts.state];
    case 'cancellation':
      return CANCELLATIONS[asked.facts.state];
    case 'resolution':
      return asked.facts.isApplied ? DONE : OPEN;
  }
}

/** A refund that the provider has made is done: the shopper's bank decides when the money arrives. */
const REFUNDS: Readonly<Record<RefundState, Outcome>> = {
  requested: OPEN,
  pending: DONE,
  succeeded: DONE,
  failed: { is: 'refused', code: 'refund_failed' },
};

const CANCELLATIONS: Readonly<Record<CancellationState, Outcome>> = {
  requested: OPEN,
  accepted: DONE,
  refused: { is: 'refused', code: 'cancellation_refused' },
};

/** An order that was confirmed stays so here: a later cancellation or refund has its own outcome. */
function ofOrder({ status, payment, endCode, wasConfirmed }: OrderFacts): Outcome {
  if (wasConfirmed) return DONE;
  if (status === 'pending') {
    if (payment === 'declined') return { is: 'refused', code: 'payment_declined' };
    return payment === 'requires_action' ? { is: 'with_shopper' } : OPEN;
  }
  return { is: 'refused', code: ORDER_REFUSALS.find((code) => code === endCode) ?? 'cancelled' };
}
