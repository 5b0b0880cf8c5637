import { moneyOf } from '#libs/domain/order/contradiction';
import { voidKey } from '#libs/domain/payment/payment-keys';
import { afterBooking, type IntentState, type Posting, refundable } from '#libs/domain/ledger/ledger';
import { isTooLateToPay, type PaymentDifference } from '#libs/domain/payment/payment-diff';
import { isEnd, type OrderStatus } from '#libs/domain/order/states';
import type { Intent } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OrderChange } from '#libs/domain/order/order-change';

import { refundChange } from '../refunds/refund-changes.js';

export interface Circumstances {
  readonly intent: Intent;
  /** False when the order's run has begun to give its money back. */
  readonly goesOn: boolean;
  /** What a refund is called, if money has come too late. */
  readonly refundId: string;
}

/** The change that a piece of news makes of an order. */
export function changeOf(
  news: PaymentDifference,
  order: OrderRecord,
  circumstances: Circumstances,
): OrderChange {
  switch (news.about) {
    case 'intent':
      return intentChange(order, news.status, news.posts, circumstances);
    case 'refund':
      return refundChange(
        {
          refundId: news.refundId,
          amount: news.seen.amount,
          status: news.seen.status,
          providerId: news.seen.id,
          failure: news.seen.failure ?? undefined,
        },
        news.posts,
      );
    case 'dispute':
      return disputeChange(order, news, circumstances.refundId);
  }
}

function intentChange(
  order: OrderRecord,
  status: IntentState,
  posts: readonly Posting[],
  { intent, goesOn, refundId }: Circumstances,
): OrderChange {
  const isPaid = status === 'authorized' || status === 'captured';
  const late = isPaid && isTooLateToPay(order.status);
  const confirms = isPaid && goesOn && order.status === 'pending';
  const change: OrderChange = {
    ...(confirms ? { next: { status: 'confirmed' }, unlessBegun: voidKey(order.id) } : {}),
    intentStatus: status,
    ...(intent.declineCode === null ? {} : { declineCode: intent.declineCode }),
    ...(status === 'authorized' && intent.holdUntil ? { holdUntil: intent.holdUntil } : {}),
    posts,
    ...waiting(order, status),
    event: {
      type: status === 'canceled' ? 'payment.voided' : `payment.${status}`,
      actor: 'gateway',
      details: {
        intent: intent.id,
        amount: isPaid ? moneyOf(intent) : undefined,
        reason: intent.declineCode ?? undefined,
        opens: late ? 'late_payment' : undefined,
      },
    },
  };
  return late ? tooLate(order, change, status, refundId) : change;
}

/** Whom the order waits for, and until when, after the provider has spoken; nobody waits once it has ended. */
function waiting(order: OrderRecord, status: IntentState): Pick<OrderChange, 'begun' | 'ended'> {
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

/** Money that comes after the end goes back at once; what is only held goes free by itself. */
function tooLate(order: OrderRecord, change: OrderChange, reason: string, refundId: string): OrderChange {
  const posts = change.posts ?? [];
  const amount = refundable(afterBooking(order.booked, posts));
  const refund = {
    is: 'requested',
    id: refundId,
    amount,
    reason: 'late_payment',
    restock: false,
    lines: [],
    requestedBy: 'gateway',
  } as const;
  return {
    ...change,
    posts: amount > 0 ? [...posts, { kind: 'refund_requested', objectId: refundId, amount }] : posts,
    ...(amount > 0 ? { refund } : {}),
    opens: { kind: 'late_payment', step: null, reason },
  };
}

/** Whose money the shopper is to have. */
const isTakenBack = (status: OrderStatus) => isTooLateToPay(status) || status === 'undelivered';

function disputeChange(
  order: OrderRecord,
  { seen, isNew, posts }: Extract<PaymentDifference, { about: 'dispute' }>,
  refundId: string,
): OrderChange {
  const { id, status, amount, reason } = seen;
  // Money that a bank gives back comes anew: for an order that was taken back it is too late.
  const late = isTakenBack(order.status) && posts.some(({ kind }) => kind === 'dispute_reinstated');
  const opens = late ? 'late_payment' : isNew ? 'dispute_opened' : undefined;
  const change: OrderChange = {
    posts,
    event: {
      type: isNew ? 'dispute.opened' : 'dispute.changed',
      actor: 'gateway',
      details: { dispute: id, state: status, amount, reason, opens },
    },
    dispute: seen,
    ...(opens === 'dispute_opened' ? { opens: { kind: opens, step: null, reason } } : {}),
  };
  return late ? tooLate(order, change, `dispute_${status}`, refundId) : change;
}
