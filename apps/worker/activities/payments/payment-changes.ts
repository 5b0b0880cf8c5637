import { captureKey, chargeKey } from '#libs/domain/payment/payment-keys';
import { mayFollow } from '#libs/domain/payment/payment-diff';
import type { IntentState, Posting } from '#libs/domain/ledger/ledger';
import type { Intent } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OrderChange } from '#libs/domain/order/order-change';

import type { Outcome } from '../effect-journal.js';

/** What the answer to an attempt to pay means for its order. */
export function chargeOutcome(intent: Intent): Outcome {
  const { settlement, change } = answerOf(intent);
  return { settlement, change: (order) => (isOvertaken(order, intent) ? heardLate(intent) : change(order)) };
}

/** Whether somebody who looked later has booked what followed this answer. */
const isOvertaken = ({ intentStatus }: OrderRecord, { status }: Intent) =>
  status !== 'unconfirmed' &&
  intentStatus !== null &&
  intentStatus !== status &&
  !mayFollow(intentStatus, status);

/** One fact is told once in the audit trail: whoever looked may have been faster than the answer. */
function news({ intentStatus }: OrderRecord, status: IntentState): string {
  if (intentStatus === status) return HEARD_LATE;
  return status === 'canceled' ? 'payment.voided' : `payment.${status}`;
}
const HEARD_LATE = 'payment.heard_late';

const heardLate = ({ status }: Intent): OrderChange => ({
  event: { type: HEARD_LATE, actor: 'gateway', details: { state: status } },
});

function answerOf(intent: Intent): Outcome {
  const { status } = intent;
  switch (status) {
    case 'captured':
      return { settlement: { state: 'done', result: { status } }, change: captureChange(intent, true) };
    case 'authorized':
      return { settlement: { state: 'done', result: { status } }, change: authorizeChange(intent) };
    case 'requires_action':
    case 'processing':
      return {
        settlement: { state: 'done', result: { status } },
        change: (order) => ({
          intentStatus: status,
          begun: { step: 'charge', for: order.policy.paymentWindow },
          event: { type: news(order, status), actor: 'gateway', details: { attempt: order.attempt } },
        }),
      };
    case 'declined': {
      const reason = intent.declineCode ?? status;
      return {
        settlement: { state: 'refused', result: { code: 'payment_declined', reason } },
        change: (order) => declineChange(order, 'payment.declined', reason),
      };
    }
    case 'canceled':
      return {
        settlement: { state: 'refused', result: { code: 'payment_canceled' } },
        change: voidChange,
      };
    case 'unconfirmed':
      throw new Error('an intent that was confirmed is unconfirmed');
  }
}

/** The shopper's method was not taken; another may be tried while the order stays open. */
export const declineChange = (order: OrderRecord, type: string, reason: string): OrderChange => ({
  intentStatus: 'declined',
  declineCode: reason,
  ...(order.policy.declineWindow > 0
    ? { begun: { step: 'charge', for: order.policy.declineWindow } }
    : endsWait(order)),
  event: {
    // Of later attempts nobody knows whether it was theirs that was heard of.
    type: order.attempt === 1 && order.intentStatus === 'declined' ? HEARD_LATE : type,
    actor: 'gateway',
    details: { reason, attempt: order.attempt },
  },
});

const authorizeChange = (intent: Intent) => (order: OrderRecord) => ({
  ...confirms(order),
  intentStatus: 'authorized' as const,
  ...(intent.holdUntil ? { holdUntil: intent.holdUntil } : {}),
  posts: [{ kind: 'authorized' as const, objectId: intent.id, amount: intent.held }],
  ...endsWait(order),
  event: {
    type: news(order, 'authorized'),
    actor: 'gateway',
    details: { intent: intent.id, amount: intent.held },
  },
});

/** @param goesOn whether the order is confirmed by it: not where it is being taken back */
export const captureChange =
  (intent: Intent, goesOn: boolean) =>
  (order: OrderRecord): OrderChange => ({
    ...(goesOn ? confirms(order) : {}),
    intentStatus: 'captured',
    posts: [
      ...releasedHold(order),
      ...(order.booked.captured === undefined
        ? [{ kind: 'captured' as const, objectId: intent.id, amount: intent.received }]
        : []),
    ],
    ...endsWait(order),
    event: {
      type: news(order, 'captured'),
      actor: 'gateway',
      details: { intent: intent.id, amount: intent.received },
    },
  });

export const voidChange = (order: OrderRecord): OrderChange => ({
  intentStatus: 'canceled',
  posts: releasedHold(order),
  ...endsWait(order),
  event: { type: news(order, 'canceled'), actor: 'gateway' },
});

/** Canceling an intent also decides what became of an attempt on it, and of a capture. */
export const decidesAttempts =
  (change: (order: OrderRecord) => OrderChange, state: 'done' | 'closed') =>
  (order: OrderRecord): OrderChange => ({
    ...change(order),
    settlesOthers: { keys: [chargeKey(order.id, order.attempt), captureKey(order.id)], state },
  });

const confirms = (order: OrderRecord) =>
  order.status === 'pending' ? { next: { status: 'confirmed' as const } } : {};

/** A window for remorse, or for the shopper to act, is over once there is an answer. */
const endsWait = (order: OrderRecord) =>
  order.waits.some((wait) => wait.step === 'charge') ? { ended: ['charge'] as const } : {};

function releasedHold({ booked, intentId }: OrderRecord): Posting[] {
  const held = (booked.authorized ?? 0) - (booked.hold_released ?? 0);
  return held > 0 && intentId !== null ? [{ kind: 'hold_released', objectId: intentId, amount: held }] : [];
}
