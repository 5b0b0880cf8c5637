import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CARRIER_EVENTS, type CarrierEventType, carrierVerdict } from './carrier-event.js';
import {
  FULFILMENT,
  type FulfilmentStatus,
  isEnd,
  ORDER_STATUSES,
  type OrderState,
  transition,
} from '../order/states.js';

/** How far a parcel has come. */
const PROGRESS: Readonly<Record<FulfilmentStatus, number>> = {
  none: 0,
  reserved: 0,
  released: 0,
  ready: 0,
  shipped: 1,
  lost: 2,
  delivered: 3,
  returned: 4,
};
const FULFILMENTS = Object.keys(FULFILMENT) as FulfilmentStatus[];

/** Every state an order could be in, reachable or not, with every event. */
const EVERYTHING = ORDER_STATUSES.flatMap((status) =>
  FULFILMENTS.flatMap((fulfilment) =>
    CARRIER_EVENTS.map((type) => ({
      type,
      order: { status, payment: 'captured', fulfilment } as OrderState,
    })),
  ),
);
const changeOf = (type: CarrierEventType, order: OrderState): Partial<OrderState> => {
  const verdict = carrierVerdict(type, order);
  return verdict.is === 'known' ? {} : verdict.change;
};
const name = ({ type, order }: (typeof EVERYTHING)[number]) =>
  `${type} on ${order.status}/${order.fulfilment}`;

describe('what a carrier reports, for any order', () => {
  it('never moves a parcel backwards', () => {
    for (const entry of EVERYTHING) {
      const { fulfilment } = { ...entry.order, ...changeOf(entry.type, entry.order) };
      expect(PROGRESS[fulfilment], name(entry)).toBeGreaterThanOrEqual(PROGRESS[entry.order.fulfilment]);
    }
  });

  it('never changes the status of an order that has ended', () => {
    for (const entry of EVERYTHING.filter(({ order }) => isEnd(order.status))) {
      expect(changeOf(entry.type, entry.order), name(entry)).not.toHaveProperty('status');
      expect(carrierVerdict(entry.type, entry.order).is, name(entry)).not.toBe('news');
    }
  });

  it('changes only what the tables allow', () => {
    for (const entry of EVERYTHING) {
      expect(() => transition(entry.order, changeOf(entry.type, entry.order)), name(entry)).not.toThrow();
    }
  });

  it('never touches the payment', () => {
    for (const entry of EVERYTHING) {
      expect(changeOf(entry.type, entry.order), name(entry)).not.toHaveProperty('payment');
    }
  });

  it('is no news when it is repeated', () => {
    for (const entry of EVERYTHING) {
      const after = { ...entry.order, ...changeOf(entry.type, entry.order) };
      expect(carrierVerdict(entry.type, after).is, name(entry)).not.toBe('news');
      expect(changeOf(entry.type, after), name(entry)).toEqual({});
    }
  });

  it('is news only when it changes both the status and the parcel', () => {
    for (const entry of EVERYTHING) {
      const verdict = carrierVerdict(entry.type, entry.order);
      if (verdict.is !== 'news') continue;
      expect(verdict.change.status, name(entry)).not.toBe(entry.order.status);
      expect(verdict.change.fulfilment, name(entry)).toBe(verdict.report);
    }
  });
});

describe('a parcel on its way', () => {
  it.each([
    ['shipment.picked_up', 'confirmed', 'ready', 'shipped', 'shipped'],
    ['shipment.in_transit', 'confirmed', 'ready', 'shipped', 'shipped'],
    ['shipment.delivery_failed', 'confirmed', 'ready', 'shipped', 'shipped'],
    ['shipment.delivered', 'confirmed', 'ready', 'delivered', 'delivered'],
    ['shipment.returned', 'confirmed', 'ready', 'undelivered', 'returned'],
    ['shipment.delivered', 'shipped', 'shipped', 'delivered', 'delivered'],
    ['shipment.returned', 'shipped', 'shipped', 'undelivered', 'returned'],
    ['shipment.picked_up', 'cancelling', 'ready', 'shipped', 'shipped'],
    ['shipment.delivered', 'cancelling', 'ready', 'delivered', 'delivered'],
    ['shipment.returned', 'cancelling', 'ready', 'undelivered', 'returned'],
  ] as const)('%s on %s/%s makes it %s/%s', (type, status, fulfilment, nextStatus, report) => {
    expect(carrierVerdict(type, { status, payment: 'captured', fulfilment })).toEqual({
      is: 'news',
      change: { status: nextStatus, fulfilment: report },
      report,
    });
  });

  it.each([
    ['shipment.in_transit', 'shipped', 'shipped'],
    ['shipment.delivery_failed', 'shipped', 'shipped'],
    ['shipment.picked_up', 'delivered', 'delivered'],
    ['shipment.delivered', 'delivered', 'delivered'],
    ['shipment.returned', 'undelivered', 'returned'],
    ['shipment.picked_up', 'undelivered', 'returned'],
  ] as const)('%s on %s/%s is known', (type, status, fulfilment) => {
    expect(carrierVerdict(type, { status, payment: 'captured', fulfilment })).toEqual({ is: 'known' });
  });

  it.each([
    [
      'a parcel that comes back after it was delivered',
      'shipment.returned',
      'delivered',
      'delivered',
      'returned',
    ],
    ['a lost parcel that is found', 'shipment.delivered', 'undelivered', 'lost', 'delivered'],
    ['a lost parcel that comes back', 'shipment.returned', 'undelivered', 'lost', 'returned'],
  ] as const)('%s is noted, and contradicts the end', (_, type, status, fulfilment, noted) => {
    expect(carrierVerdict(type, { status, payment: 'captured', fulfilment })).toEqual({
      is: 'contradiction',
      change: { fulfilment: noted },
    });
  });

  it.each([
    ['a cancelled order', 'cancelled', 'released'],
    ['an order whose label was cancelled', 'cancelling', 'reserved'],
    ['an order that never had a label', 'rejected', 'none'],
  ] as const)('of %s contradicts what is known, and changes nothing', (_, status, fulfilment) => {
    for (const type of CARRIER_EVENTS) {
      const verdict = carrierVerdict(type, { status, payment: 'captured', fulfilment });
      expect(verdict, type).toEqual({ is: 'contradiction', change: {} });
    }
  });

  it.each([
    ['is on its way although it was written off', 'shipment.in_transit', 'lost'],
    ['arrives although it had come back', 'shipment.delivered', 'returned'],
  ] as const)('that %s contradicts what is known, and changes nothing', (_, type, fulfilment) => {
    expect(carrierVerdict(type, { status: 'undelivered', payment: 'refunded', fulfilment })).toEqual({
      is: 'contradiction',
      change: {},
    });
  });

  it('reaches the same status in any order of its events, and however often they come', () => {
    const travel = fc.array(
      fc.constantFrom<CarrierEventType>(
        'shipment.picked_up',
        'shipment.in_transit',
        'shipment.delivery_failed',
        'shipment.delivered',
      ),
      { minLength: 1, maxLength: 12 },
    );
    const ready: OrderState = { status: 'confirmed', payment: 'captured', fulfilment: 'ready' };
    fc.assert(
      fc.property(travel, (events) => {
        const place = events.includes('shipment.delivered') ? 'delivered' : 'shipped';
        const end = events.reduce((order, type) => ({ ...order, ...changeOf(type, order) }), ready);
        expect(end).toEqual({ status: place, payment: 'captured', fulfilment: place });
      }),
    );
  });
});
