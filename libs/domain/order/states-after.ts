import { afterBooking, type Booked, type IntentState, paymentOf } from '../ledger/ledger.js';
import type { OrderChange } from './order-change.js';
import { type OrderState, transition } from './states.js';

/** What of an order decides which states a change leads to. */
export interface ChangingOrder extends OrderState {
  readonly intentStatus: IntentState | null;
  readonly booked: Booked;
  readonly attempt: number;
  readonly decline: Decline | null;
}

/** Which attempt to pay was declined, and why. */
export interface Decline {
  readonly attempt: number;
  readonly code: string;
}

/**
 * The states that a change moves an order to, as far as they differ, and the decline that stands then.
 *
 * @throws IllegalTransition when the change is not allowed from the order's state
 */
export function statesAfter(
  order: ChangingOrder,
  change: OrderChange,
): { readonly next: Partial<OrderState>; readonly decline: Decline | null } {
  const decline = declineAfter(order, change);
  return { next: transition(order, { ...change.next, ...paymentAfter(order, change, decline) }), decline };
}

function paymentAfter(
  order: ChangingOrder,
  { intentStatus, posts = [], attempt }: OrderChange,
  decline: Decline | null,
): Partial<OrderState> {
  const intent = intentStatus ?? order.intentStatus;
  // Money booked for an order without a payment attempt is not the order's own payment.
  if (intent === null || (intentStatus === undefined && posts.length === 0 && !attempt)) return {};
  const attempts = { attempt: attempt?.number ?? order.attempt, decline };
  return { payment: paymentOf(intent, afterBooking(order.booked, posts), attempts) };
}

/** None once an attempt has succeeded. */
function declineAfter(order: ChangingOrder, change: OrderChange): Decline | null {
  switch (change.intentStatus) {
    case 'declined':
      return { attempt: order.attempt, code: change.declineCode ?? 'declined' };
    case 'authorized':
    case 'captured':
      return null;
    case undefined:
      // The provider made no intent.
      return change.declineCode === undefined
        ? order.decline
        : { attempt: order.attempt, code: change.declineCode };
    default:
      // Its code, if it has one, is that of an earlier attempt.
      return order.decline;
  }
}
