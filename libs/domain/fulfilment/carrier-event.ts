import { type FulfilmentStatus, FULFILMENT, isEnd, type OrderState, STATUS } from '../order/states.js';

export const CARRIER_EVENTS = [
  'shipment.picked_up',
  'shipment.in_transit',
  'shipment.delivery_failed',
  'shipment.delivered',
  'shipment.returned',
] as const;
export type CarrierEventType = (typeof CARRIER_EVENTS)[number];

export interface CarrierEvent {
  readonly eventId: string;
  readonly type: CarrierEventType;
  readonly trackingNumber: string;
  /** Ours, where the carrier sends it. */
  readonly reference?: string | undefined;
  readonly occurredAt: Date;
}

const REPORTS: Readonly<Record<CarrierEventType, 'shipped' | 'delivered' | 'returned'>> = {
  'shipment.picked_up': 'shipped',
  'shipment.in_transit': 'shipped',
  'shipment.delivery_failed': 'shipped',
  'shipment.delivered': 'delivered',
  'shipment.returned': 'returned',
};

export type ShipmentReport = 'shipped' | 'delivered' | 'returned' | 'lost';

/** What a carrier's event does to an order. */
export type CarrierVerdict =
  | { readonly is: 'news'; readonly change: Partial<OrderState>; readonly report: ShipmentReport }
  /** Repeated, or overtaken by a later one: recorded, changes nothing. */
  | { readonly is: 'known' }
  /** Contradicts how the order ended: changes no status, opens an attention. */
  | { readonly is: 'contradiction'; readonly change: Partial<OrderState> };

/** Decides, without side effects, what an event means for an order in a given state. */
export function carrierVerdict(type: CarrierEventType, order: OrderState): CarrierVerdict {
  const report = REPORTS[type];
  if (tellsNothingNew(report, order.fulfilment)) return { is: 'known' };
  // A parcel that was cancelled or never labelled here, yet is in transit; or a returned one that is delivered.
  if (!FULFILMENT[order.fulfilment].includes(report)) return { is: 'contradiction', change: {} };
  if (isEnd(order.status)) return { is: 'contradiction', change: { fulfilment: report } };
  const status = report === 'returned' ? 'undelivered' : report;
  if (!STATUS[order.status].includes(status)) return { is: 'contradiction', change: {} };
  return { is: 'news', change: { status, fulfilment: report }, report };
}

/** The same again, or an event from before the known state. */
function tellsNothingNew(report: ShipmentReport, known: FulfilmentStatus): boolean {
  return report === known || (report === 'shipped' && (known === 'delivered' || known === 'returned'));
}
