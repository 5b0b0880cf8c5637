import type { CancellationState } from '../order/cancellation.js';
import type { OrderChange } from '../order/order-change.js';
import type { OrderState, OrderStatus, PaymentStatus } from '../order/states.js';
import type { RefundState } from '../refund/refund.js';
import type { EventData, EventType } from './event-types.js';

/** An event of a change, and what it names besides the order. */
export interface ToldEvent {
  readonly type: EventType;
  readonly about: Omit<EventData, 'order'>;
}

/** Null: no order moves to that status. */
const STATUS_EVENTS: Readonly<Record<OrderStatus, EventType | null>> = {
  pending: null,
  confirmed: 'order.confirmed',
  shipped: 'order.shipped',
  cancelling: 'order.cancelling',
  delivered: 'order.delivered',
  undelivered: 'order.undelivered',
  rejected: 'order.rejected',
  cancelled: 'order.cancelled',
};

/** Null: no payment moves to that status, or the attempt that leads to it is told instead. */
const PAYMENT_EVENTS: Readonly<Record<PaymentStatus, EventType | null>> = {
  none: null,
  not_required: 'payment.not_required',
  requires_action: 'payment.requires_action',
  processing: 'payment.processing',
  authorizing: null,
  authorized: 'payment.authorized',
  captured: 'payment.captured',
  declined: 'payment.declined',
  voided: 'payment.voided',
  partially_refunded: 'payment.partially_refunded',
  refunded: 'payment.refunded',
};

export const REFUND_EVENTS: Readonly<Record<RefundState, EventType>> = {
  requested: 'refund.requested',
  pending: 'refund.pending',
  succeeded: 'refund.succeeded',
  failed: 'refund.failed',
};

export const CANCELLATION_EVENTS: Readonly<Record<CancellationState, EventType>> = {
  requested: 'cancellation.requested',
  accepted: 'cancellation.accepted',
  refused: 'cancellation.refused',
};

const SHIPMENT_EVENTS: Readonly<Record<string, EventType>> = {
  label_created: 'shipment.created',
  picked_up: 'shipment.picked_up',
  in_transit: 'shipment.in_transit',
  delivery_failed: 'shipment.delivery_failed',
  delivered: 'shipment.delivered',
  returned: 'shipment.returned',
  cancelled: 'shipment.cancelled',
};

/** The event of a parcel that came to a status. @throws Error for a status that no parcel has */
export function shipmentEvent(status: string): EventType {
  const type = SHIPMENT_EVENTS[status];
  if (type === undefined) throw new Error(`a parcel that is ${status} has no event`);
  return type;
}

/**
 * The events of a change that follow from the change alone, causes before what they lead to. Which rows of shipments,
 * attentions and open cancellations it meets, only the database knows: their events are told from those rows.
 *
 * @param next the states that the change leads to, as far as they differ
 */
export function eventsOf(change: OrderChange, next: Partial<OrderState>): ToldEvent[] {
  const { attempt, dispute, refund, cancellation } = change;
  const told = (type: EventType | null, about: ToldEvent['about'] = {}) =>
    type === null ? [] : [{ type, about }];
  return [
    ...(attempt ? told('payment.attempt_requested', { payment: { attempt: attempt.number } }) : []),
    ...(dispute ? told('payment.disputed', { dispute: { id: dispute.id, status: dispute.status } }) : []),
    ...(next.payment ? told(PAYMENT_EVENTS[next.payment]) : []),
    ...(refund ? refundEvents(refund) : []),
    ...(cancellation
      ? told(CANCELLATION_EVENTS[cancellation.state], { cancellation: outcomeOf(cancellation) })
      : []),
    ...(next.status ? told(STATUS_EVENTS[next.status]) : []),
    ...(change.closes ? told('order.closed') : []),
  ];
}

/** A refund that turned up at the provider is told from its row: its final state may have been faster. */
function refundEvents(refund: NonNullable<OrderChange['refund']>): ToldEvent[] {
  if (refund.is === 'created') return [];
  const state = refund.is === 'requested' ? refund.is : refund.state;
  return [{ type: REFUND_EVENTS[state], about: { refund: { id: refund.id, state } } }];
}

const outcomeOf = ({
  state,
  code,
}: NonNullable<OrderChange['cancellation']>): NonNullable<EventData['cancellation']> =>
  code === null ? { state } : { state, code };
