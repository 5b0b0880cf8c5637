import type { AttentionKind } from '../order/attention.js';
import type { CancellationCode, CancellationState } from '../order/cancellation.js';
import type { OrderId } from '../order/order-id.js';
import type { OrderState } from '../order/states.js';
import type { StepName } from '../order/steps.js';
import type { RefundState } from '../refund/refund.js';

/** What an event names besides its order, as a part of its data; `order` where there is nothing else. */
export type EventSubject =
  'order' | 'payment' | 'cancellation' | 'shipment' | 'refund' | 'dispute' | 'attention';

interface EventRule {
  readonly about: EventSubject;
  readonly means: string;
}

/** The catalogue of events: every type that is told to subscribers. A type keeps its meaning; new ones may come. */
export const EVENTS = {
  'order.placed': { about: 'order', means: 'The order was accepted' },
  'order.confirmed': { about: 'order', means: 'The order is paid or covered, and will be shipped' },
  'order.shipped': {
    about: 'order',
    means: 'The carrier has the parcel: the order can no longer be cancelled',
  },
  'order.delivered': { about: 'order', means: 'The parcel arrived' },
  'order.undelivered': { about: 'order', means: 'The parcel came back or is lost, and the money goes back' },
  'order.cancelling': { about: 'order', means: 'What was done for the order is being undone' },
  'order.cancelled': { about: 'order', means: 'The order is cancelled, and the money is on its way back' },
  'order.rejected': { about: 'order', means: 'The order ended before it was confirmed' },
  'order.closed': { about: 'order', means: 'Nothing is left to do for the order; money may still move' },
  'order.erased': {
    about: 'order',
    means: "The person's data was removed from the order: remove your copies",
  },

  'payment.not_required': { about: 'order', means: 'The order costs nothing' },
  'payment.attempt_requested': { about: 'payment', means: 'Another payment method is tried' },
  'payment.requires_action': { about: 'order', means: 'The shopper has to act, such as at their bank' },
  'payment.processing': { about: 'order', means: 'The payment was started and is not settled' },
  'payment.authorized': { about: 'order', means: 'The money is held' },
  'payment.captured': {
    about: 'order',
    means: 'The money was taken, or counts as taken again because a refund failed',
  },
  'payment.declined': { about: 'order', means: 'The attempt to pay was declined' },
  'payment.voided': { about: 'order', means: 'The hold was released or the payment canceled' },
  'payment.partially_refunded': { about: 'order', means: 'A part of the money went back' },
  'payment.refunded': { about: 'order', means: 'All of the money went back' },
  'payment.disputed': {
    about: 'dispute',
    means: 'The shopper complained at their bank, or that complaint moved on',
  },

  'cancellation.requested': {
    about: 'cancellation',
    means: 'A cancellation was requested and is not decided',
  },
  'cancellation.accepted': { about: 'cancellation', means: 'The cancellation was accepted' },
  'cancellation.refused': { about: 'cancellation', means: 'The cancellation was refused' },

  'shipment.created': { about: 'shipment', means: 'The parcel has its label' },
  'shipment.picked_up': { about: 'shipment', means: 'The carrier has picked the parcel up' },
  'shipment.in_transit': { about: 'shipment', means: 'The parcel is on its way' },
  'shipment.delivery_failed': { about: 'shipment', means: 'The parcel could not be handed over this time' },
  'shipment.delivered': { about: 'shipment', means: 'The parcel arrived' },
  'shipment.returned': { about: 'shipment', means: 'The parcel came back' },
  'shipment.lost': { about: 'shipment', means: 'An operator declared the parcel lost' },
  'shipment.cancelled': { about: 'shipment', means: 'The label was cancelled before pick-up' },

  'refund.requested': { about: 'refund', means: 'The refund is booked' },
  'refund.pending': { about: 'refund', means: 'The payment provider has the refund' },
  'refund.succeeded': { about: 'refund', means: 'The money went back' },
  'refund.failed': { about: 'refund', means: 'The money did not go back and is refundable again' },

  'attention.opened': { about: 'attention', means: 'The order waits for a person, or tells one something' },
  'attention.resolved': { about: 'attention', means: 'A person answered, or the order went on without' },
} as const satisfies Readonly<Record<string, EventRule>>;

export type EventType = keyof typeof EVENTS;
export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

/** The order as the change left it, and what else the type is about. Ids, codes and states: no personal data. */
export interface EventData {
  readonly order: OrderState & { readonly id: OrderId; readonly version: number };
  readonly payment?: { readonly attempt: number };
  readonly cancellation?: { readonly state: CancellationState; readonly code?: CancellationCode };
  readonly shipment?: { readonly id: string; readonly status: string };
  readonly refund?: { readonly id: string; readonly state: RefundState };
  /** The provider's. */
  readonly dispute?: { readonly id: string; readonly status: string };
  readonly attention?: { readonly id: string; readonly kind: AttentionKind; readonly step?: StepName };
}
