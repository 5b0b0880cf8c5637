import { type FulfilmentStatus, FULFILMENT, isEnd, type OrderState, STATUS } from './states.js';

export const CARRIER_EVENTS = [
  'shipment.picked_up',
  'shipment.in_transit',
  'shipment.delivery_failed',
  'shipment.delivered',
  'shipment.returned',
] as const;
export type CarrierEventType = (typeof CARRIER_EVENTS)[number];

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
  /** Speaks against how the order ended: changes no status, opens an attention. */
  | { readonly is: 'contradiction'; readonly change: Partial<OrderState> };

const RANK: Readonly<Record<FulfilmentStatus, number>> = {
  none: 0,
  reserved: 0,
  released: 0,
  ready: 0,
  shipped: 1,
  lost: 2,
  delivered: 3,
  returned: 4,
};

/** Decides, without side effects, what an event means for an order in a given state. */
export function carrierVerdict(type: CarrierEventType, order: OrderState): CarrierVerdict {
  const report = REPORTS[type];
  const moves = FULFILMENT[order.fulfilment].includes(report);
  if (isEnd(order.status)) {
    if (!moves)
      return RANK[report] > RANK[order.fulfilment] ? { is: 'contradiction', change: {} } : { is: 'known' };
    return { is: 'contradiction', change: { fulfilment: report } };
  }
  if (!moves) {
    // A shipment that was cancelled or never labelled here, yet travels.
    if (RANK[order.fulfilment] === 0) return { is: 'contradiction', change: {} };
    return { is: 'known' };
  }
  const status = report === 'returned' ? 'undelivered' : report;
  if (!STATUS[order.status].includes(status)) return { is: 'contradiction', change: {} };
  return { is: 'news', change: { status, fulfilment: report }, report };
}
