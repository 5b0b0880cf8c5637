import type { Settlement } from '#libs/domain/order/effect';
import type { OrderChange } from '#libs/domain/order/order-change';
import { intentChange, type PayingOrder, type TriedIntent } from '#libs/domain/payment/payment-change';
import { captureKey, chargeKey } from '#libs/domain/payment/payment-keys';
import type { Intent } from '#libs/payments/payment-gateway';

import type { Outcome } from '../effect-journal.js';

/** What the answer to an attempt to pay means for its order. */
export function chargeOutcome(answer: Intent): Outcome {
  const intent = tried(answer);
  return { settlement: chargeSettlement(intent), change: answered(intent, true) };
}

/** The change that an answer about an intent makes. @param confirms as `Source.confirms` */
export const answered =
  (intent: TriedIntent, confirms: boolean) =>
  (order: PayingOrder): OrderChange =>
    intentChange(order, intent, { by: 'answer', confirms });

/** The same for an answer that also decides the outcome of an attempt on the intent, and of a capture. */
export const answeredForAll =
  (intent: TriedIntent, confirms: boolean, state: 'done' | 'closed') =>
  (order: PayingOrder): OrderChange => ({
    ...answered(intent, confirms)(order),
    settlesOthers: { keys: [chargeKey(order.id, order.attempt), captureKey(order.id)], state },
  });

/** @throws Error for an intent without an attempt */
export function tried(intent: Intent): TriedIntent {
  const { status } = intent;
  if (status === 'unconfirmed') throw new Error('an intent that was confirmed is unconfirmed');
  return { ...intent, status };
}

function chargeSettlement({ status, declineCode }: TriedIntent): Settlement {
  switch (status) {
    case 'declined':
      return { state: 'refused', result: { code: 'payment_declined', reason: declineCode ?? status } };
    case 'canceled':
      return { state: 'refused', result: { code: 'payment_canceled' } };
    default:
      return { state: 'done', result: { status } };
  }
}
