import { afterBooking, type Booked, type IntentState, type Posting, refundable } from '../ledger/ledger.js';
import { moneyOf } from '../order/contradiction.js';
import type { OrderChange } from '../order/order-change.js';
import type { OrderId } from '../order/order-id.js';
import type { OrderPolicy } from '../order/policy.js';
import { isEnd, type OrderStatus } from '../order/states.js';
import type { StepName } from '../order/steps.js';
import type { RefundState } from '../refund/refund.js';
import {
  intentPosts,
  isTooLateToPay,
  mayFollow,
  type PaymentDifference,
  type ProviderIntent,
} from './payment-diff.js';
import { voidKey } from './payment-keys.js';

/** What of an order decides what its payment at the provider means for it. */
export interface PayingOrder {
  readonly id: OrderId;
  readonly status: OrderStatus;
  readonly intentStatus: IntentState | null;
  /** The number of the payment attempt that was requested last, from 1. */
  readonly attempt: number;
  readonly booked: Booked;
  readonly policy: Pick<OrderPolicy, 'paymentWindow' | 'declineWindow'>;
  readonly waits: readonly { readonly step: StepName }[];
}

/** How the state of an intent became known. */
export type Source =
  | {
      /** It is the answer to a call, whose effect is settled with the change. */
      readonly by: 'answer';
      /** Whether a payment confirms the order: not where it is being compensated. */
      readonly confirms: boolean;
    }
  | {
      readonly by: 'sync';
      readonly confirms: boolean;
      /** The id of the refund of money that came too late. */
      readonly refundId: string;
    };

/** An intent on which an attempt was made. */
export type TriedIntent = ProviderIntent & { readonly status: IntentState };

/** The change of an order that one difference between the provider and the books makes. */
export function changeOf(
  difference: PaymentDifference,
  order: PayingOrder,
  intent: ProviderIntent,
  source: Extract<Source, { by: 'sync' }>,
): OrderChange {
  switch (difference.about) {
    case 'intent':
      return intentChange(order, { ...intent, status: difference.status }, source);
    case 'refund': {
      const { refundId: id, seen, posts } = difference;
      const { amount, status, id: providerId, failure } = seen;
      return refundChange({ id, amount }, { state: status, providerId, failure }, posts);
    }
    case 'dispute':
      return disputeChange(order, difference, source.refundId);
  }
}

/** The change that the state of an order's intent makes, from a call's answer or from a sync. */
export function intentChange(order: PayingOrder, intent: TriedIntent, source: Source): OrderChange {
  const { status } = intent;
  if (isOvertaken(order, status)) return lateAnswer(status);
  const isPaid = status === 'authorized' || status === 'captured';
  const isLate = source.by === 'sync' && isPaid && isTooLateToPay(order.status);
  const reason = status === 'declined' ? (intent.declineCode ?? status) : undefined;
  const change: OrderChange = {
    ...(isPaid && source.confirms ? confirmation(order, source) : {}),
    intentStatus: status,
    ...(reason === undefined ? {} : { declineCode: reason }),
    ...(status === 'authorized' && intent.holdUntil ? { holdUntil: intent.holdUntil } : {}),
    posts: intentPosts(order.booked, intent, status),
    ...waitAfter(order, status),
    event: {
      type: eventOf(order, status, source),
      actor: 'gateway',
      details: {
        intent: intent.id,
        amount: isPaid ? moneyOf(intent) : undefined,
        reason,
        attempt: isPaid || status === 'canceled' ? undefined : order.attempt,
        opens: isLate ? 'late_payment' : undefined,
      },
    },
  };
  return isLate ? refundLatePayment(order, change, status, source.refundId) : change;
}

/** The provider refuses the shopper's method outright: another may be tried while the order stays open. */
export function methodRefused(order: PayingOrder, code: string): OrderChange {
  return {
    intentStatus: 'declined',
    declineCode: code,
    ...waitAfter(order, 'declined'),
    event: {
      type: eventOf(order, 'declined', { by: 'answer', confirms: false }, 'payment.refused'),
      actor: 'gateway',
      details: { reason: code, attempt: order.attempt },
    },
  };
}

/** The provider refuses to make the order's intent: there is nothing that another method could pay. */
export const intentRefused = ({ attempt }: Pick<PayingOrder, 'attempt'>, code: string): OrderChange => ({
  declineCode: code,
  event: { type: 'payment.refused', actor: 'gateway', details: { reason: code, attempt } },
});

/**
 * What the state of a refund means for its order. One that failed is refundable again, and an attention is opened.
 *
 * @param posts what of it is not booked
 */
export function refundChange(
  { id, amount }: { readonly id: string; readonly amount: number },
  refund: {
    readonly state: Exclude<RefundState, 'requested'>;
    /** Absent where the provider refused to make it. */
    readonly providerId?: string;
    readonly failure: string | null;
  },
  posts: readonly Posting[],
): OrderChange {
  const { state, providerId } = refund;
  const reason = state === 'failed' ? (refund.failure ?? 'unknown') : undefined;
  return {
    posts,
    event: {
      type: `refund.${state}`,
      actor: 'gateway',
      details: { refund: id, amount, reason, opens: reason && 'refund_failed' },
    },
    refund: {
      is: 'settled',
      id,
      state,
      ...(providerId === undefined ? {} : { providerId }),
      ...(reason === undefined ? {} : { failure: reason }),
    },
    ...(reason ? { opens: { kind: 'refund_failed', step: null, reason, refundId: id } } : {}),
  };
}

const HEARD_LATE = 'payment.heard_late';

/** Whether the books have what followed this state. */
const isOvertaken = ({ intentStatus }: PayingOrder, status: IntentState) =>
  intentStatus !== null && intentStatus !== status && !mayFollow(intentStatus, status);

const lateAnswer = (status: IntentState): OrderChange => ({
  event: { type: HEARD_LATE, actor: 'gateway', details: { state: status } },
});

/** A fact is written once to the audit trail: a sync may have been faster than the answer. */
function eventOf(
  { intentStatus, attempt }: PayingOrder,
  status: IntentState,
  { by }: Source,
  type = status === 'canceled' ? 'payment.voided' : `payment.${status}`,
): string {
  // A later attempt may or may not be the one whose decline was seen.
  const isTold = intentStatus === status && (status !== 'declined' || attempt === 1);
  return by === 'answer' && isTold ? HEARD_LATE : type;
}

/** A sync confirms no order whose intent is being canceled meanwhile. */
function confirmation(
  { id, status }: PayingOrder,
  { by }: Source,
): Pick<OrderChange, 'next' | 'unlessBegun'> {
  if (status !== 'pending') return {};
  return { next: { status: 'confirmed' }, ...(by === 'sync' ? { unlessBegun: voidKey(id) } : {}) };
}

/** What the order waits for after the provider's report, and until when; for nothing once it has ended. */
function waitAfter(order: PayingOrder, status: IntentState): Pick<OrderChange, 'begun' | 'ended'> {
  const windows: Partial<Record<IntentState, number>> = {
    requires_action: order.policy.paymentWindow,
    processing: order.policy.paymentWindow,
    declined: order.policy.declineWindow,
  };
  const window = windows[status] ?? 0;
  // The shopper's time and the provider's are one.
  if (status === 'processing' && order.intentStatus === 'requires_action') return {};
  if (window > 0 && !isEnd(order.status)) return { begun: { step: 'charge', for: window } };
  return order.waits.some(({ step }) => step === 'charge') ? { ended: ['charge'] } : {};
}

/** Money that comes after the end is refunded at once; a hold lapses by itself. */
function refundLatePayment(
  order: PayingOrder,
  change: OrderChange,
  reason: string,
  refundId: string,
): OrderChange {
  const { posts = [] } = change;
  const amount = refundable(afterBooking(order.booked, posts));
  const opens = { kind: 'late_payment', step: null, reason } as const;
  if (amount <= 0) return { ...change, opens };
  return {
    ...change,
    posts: [...posts, { kind: 'refund_requested', objectId: refundId, amount }],
    refund: {
      is: 'requested',
      id: refundId,
      amount,
      reason: 'late_payment',
      restock: false,
      lines: [],
      requestedBy: 'gateway',
    },
    opens,
  };
}

/** An order whose shopper is to have the money back. */
const isCompensated = (status: OrderStatus) => isTooLateToPay(status) || status === 'undelivered';

function disputeChange(
  order: PayingOrder,
  { seen, isNew, isWithdrawnAgain, posts }: Extract<PaymentDifference, { about: 'dispute' }>,
  refundId: string,
): OrderChange {
  const { id, status, amount, reason, openedAt } = seen;
  // Money that a bank returns comes anew: for an order that was compensated it is too late.
  const isLate = isCompensated(order.status) && posts.some(({ kind }) => kind === 'dispute_reinstated');
  const opens = isLate ? 'late_payment' : isNew || isWithdrawnAgain ? 'dispute_opened' : undefined;
  const change: OrderChange = {
    posts,
    event: {
      type: isNew ? 'dispute.opened' : 'dispute.changed',
      actor: 'gateway',
      details: { dispute: id, state: status, amount, reason, opens },
    },
    dispute: { id, amount, status, reason, openedAt },
    ...(opens === 'dispute_opened' ? { opens: { kind: opens, step: null, reason } } : {}),
  };
  return isLate ? refundLatePayment(order, change, `dispute_${status}`, refundId) : change;
}
