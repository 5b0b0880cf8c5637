import { describe, expect, it } from 'vitest';

import { CANCELLATION_STATES } from '../order/cancellation.js';
import type { OrderChange } from '../order/order-change.js';
import { type OrderState, PAYMENT, STATUS } from '../order/states.js';
import { REFUND_STATES } from '../refund/refund.js';
import { EVENT_TYPES, EVENTS } from './event-types.js';
import { CANCELLATION_EVENTS, eventsOf, REFUND_EVENTS, shipmentEvent } from './events-of.js';

const event = { type: 'note', actor: 'tests' };
const typesOf = (change: Partial<OrderChange>, next: Partial<OrderState> = {}) =>
  eventsOf({ event, ...change }, next).map(({ type }) => type);
const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[];

describe('the events of a change', () => {
  it('are none where a subscriber sees no difference', () => {
    expect(typesOf({})).toEqual([]);
    expect(typesOf({ intentId: 'pi_1', ended: ['charge'] }, { fulfilment: 'reserved' })).toEqual([]);
  });

  it('have one for every status that an order can come to', () => {
    const reachable = keysOf(STATUS).filter((status) => Object.values(STATUS).flat().includes(status));
    for (const status of reachable) expect(typesOf({}, { status })).toEqual([`order.${status}`]);
  });

  it('have one for every status that a payment can come to, and for the attempt instead of its beginning', () => {
    const reachable = keysOf(PAYMENT).filter((status) => Object.values(PAYMENT).flat().includes(status));
    for (const payment of reachable)
      expect(typesOf({}, { payment })).toEqual(payment === 'authorizing' ? [] : [`payment.${payment}`]);
    const attempt = { number: 2, method: 'pm_1', requestedBy: 'service:shop' };
    expect(eventsOf({ event, attempt }, { payment: 'authorizing' })).toEqual([
      { type: 'payment.attempt_requested', about: { payment: { attempt: 2 } } },
    ]);
  });

  it('come with causes before what they lead to', () => {
    expect(typesOf({ closes: true }, { payment: 'voided', status: 'rejected' })).toEqual([
      'payment.voided',
      'order.rejected',
      'order.closed',
    ]);
  });

  it('name the refund by its id and state, and never by an amount', () => {
    const refund = {
      is: 'requested',
      id: 'r-1',
      amount: 500,
      reason: 'goodwill',
      restock: false,
      lines: [],
      requestedBy: 'service:shop',
    } as const;
    expect(eventsOf({ event, refund }, {})).toEqual([
      { type: 'refund.requested', about: { refund: { id: 'r-1', state: 'requested' } } },
    ]);
    expect(
      typesOf({ refund: { is: 'settled', id: 'r-1', state: 'failed', failure: 'lost_or_stolen_card' } }),
    ).toEqual(['refund.failed']);
    expect(typesOf({ refund: { is: 'created', id: 'r-1', providerId: 're_1' } })).toEqual([]);
  });

  it('name a dispute in the provider’s words, and a cancellation with its reason', () => {
    const dispute = { id: 'du_1', amount: 500, status: 'lost', reason: 'fraudulent', openedAt: new Date(0) };
    const cancellation = { state: 'refused', code: 'already_shipped', requestedBy: 'service:shop' } as const;
    expect(eventsOf({ event, dispute, cancellation }, {})).toEqual([
      { type: 'payment.disputed', about: { dispute: { id: 'du_1', status: 'lost' } } },
      {
        type: 'cancellation.refused',
        about: { cancellation: { state: 'refused', code: 'already_shipped' } },
      },
    ]);
  });
});

describe('the catalogue', () => {
  it('has names of a subject and what became of it', () => {
    for (const type of EVENT_TYPES) expect(type).toMatch(/^[a-z]+\.[a-z_]+$/);
    const about = EVENT_TYPES.filter((type) => EVENTS[type].about !== 'order');
    for (const type of about.filter(
      (each) => each !== 'payment.disputed' && each !== 'payment.attempt_requested',
    ))
      expect(type.split('.')[0]).toBe(EVENTS[type].about);
  });

  it('is told whole: each type by some change', () => {
    const parcels = [
      'label_created',
      'picked_up',
      'in_transit',
      'delivery_failed',
      'delivered',
      'returned',
      'cancelled',
    ];
    const told = [
      // Told by the statements that accept and erase, and from the rows that a change meets.
      ...['order.placed', 'order.erased', 'shipment.lost', 'attention.opened', 'attention.resolved'],
      ...['order.closed', 'payment.attempt_requested', 'payment.disputed'],
      ...keysOf(STATUS).flatMap((status) => typesOf({}, { status })),
      ...keysOf(PAYMENT).flatMap((payment) => typesOf({}, { payment })),
      ...REFUND_STATES.map((state) => REFUND_EVENTS[state]),
      ...CANCELLATION_STATES.map((state) => CANCELLATION_EVENTS[state]),
      ...parcels.map(shipmentEvent),
    ];
    expect([...new Set(told)].sort()).toEqual([...EVENT_TYPES].sort());
  });

  it('has no event of a parcel status that there is not', () => {
    expect(() => shipmentEvent('weighed')).toThrow('a parcel that is weighed has no event');
  });
});
