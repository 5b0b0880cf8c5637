import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CARRIER_EVENTS, type CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

describe("a carrier's events", () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  const carrierEventsOf = async (id: Parameters<Bench['eventTypes']>[0]) =>
    (await bench.eventTypes(id)).filter((type) => (CARRIER_EVENTS as readonly string[]).includes(type));
  const inboxOf = (trackingNumber: string) =>
    bench.database.inboxEvent.findMany({ where: { objectId: trackingNumber } });

  it('are applied once, though one is delivered fifty times at once', async () => {
    const before = await bench.stock('MUG-BLUE');
    const { id, trackingNumber } = await bench.labelled();
    const event = carrierEvent('shipment.delivered', trackingNumber);
    const reports = await Promise.all(Array.from({ length: 50 }, () => bench.store.inbox.receive(event)));

    expect(reports.filter((report) => report !== null)).toMatchObject([{ orderId: id, state: 'delivered' }]);
    expect(await carrierEventsOf(id)).toEqual(['shipment.delivered']);
    expect(await inboxOf(trackingNumber)).toMatchObject([{ eventId: event.eventId, verdict: 'news' }]);
    expect(await bench.movements(id)).toEqual(['MUG-BLUE shipped -2']);
    expect(await bench.stock('MUG-BLUE')).toEqual({ onHand: before.onHand - 2, reserved: before.reserved });
    expect((await bench.order(id)).waits).toEqual([]);
    await bench.finish(id);
  });

  it('lead to the same order, parcel and stock in whatever order they come, and however often', async () => {
    const travel: CarrierEventType[] = ['shipment.picked_up', 'shipment.in_transit', 'shipment.delivered'];
    const arrivals = fc
      .tuple(
        fc.shuffledSubarray(travel, { minLength: 3 }),
        fc.array(fc.record({ type: fc.constantFrom(...travel), again: fc.boolean(), at: fc.nat(8) }), {
          maxLength: 5,
        }),
        fc.boolean(),
      )
      .map(([once, repeated, together]) => {
        const events = once.map((type) => ({ type, name: `${type}-1` }));
        // Either the same event once more, or another event with the same content.
        repeated.forEach(({ type, again, at }, index) =>
          events.splice(at, 0, { type, name: again ? `${type}-1` : `${type}-${index + 2}` }),
        );
        return { events, together };
      });
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ events, together }) => {
        const before = await bench.stock('TEA-GREEN');
        const { id, trackingNumber } = await bench.labelled({ lines: [{ sku: 'TEA-GREEN', quantity: 3 }] });
        const receive = ({ type, name }: (typeof events)[number]) =>
          bench.store.inbox.receive(carrierEvent(type, trackingNumber, { eventId: `${id}-${name}` }));
        if (together) await Promise.all(events.map(receive));
        else for (const event of events) await receive(event);

        expect(await bench.order(id)).toMatchObject({
          status: 'delivered',
          payment: 'captured',
          fulfilment: 'delivered',
          shipments: [{ trackingNumber, status: 'delivered' }],
          attention: [],
          endReason: null,
        });
        expect(await bench.movements(id)).toEqual(['TEA-GREEN shipped -3']);
        expect(await bench.stock('TEA-GREEN')).toEqual({
          onHand: before.onHand - 3,
          reserved: before.reserved,
        });
        const names = new Set(events.map(({ name }) => name));
        expect(await inboxOf(trackingNumber)).toHaveLength(names.size);
        // Each fact that was new when it came, in the order of the journey.
        const types = await carrierEventsOf(id);
        expect(types.at(-1)).toBe('shipment.delivered');
        expect(types).toEqual(travel.filter((type) => types.includes(type)));
        await bench.finish(id);
      }),
      { numRuns: 30 },
    );
  });

  it('of an unknown parcel are kept, and applied in the order they happened once it is known', async () => {
    const order = await bench.paid();
    const trackingNumber = `TRK-${randomUUID()}`;
    const parcel = { orderId: order.id, trackingNumber };
    const at = (minute: number) => ({ occurredAt: new Date(Date.UTC(2026, 0, 1, 12, minute)) });
    const delivered = carrierEvent('shipment.delivered', trackingNumber, at(30));
    const transit = carrierEvent('shipment.in_transit', trackingNumber, at(20));
    const pickedUp = carrierEvent('shipment.picked_up', trackingNumber, at(10));
    for (const event of [delivered, pickedUp, transit, delivered]) {
      expect(await bench.store.inbox.receive(event)).toBe('unmatched');
    }
    expect(await inboxOf(trackingNumber)).toHaveLength(3);
    expect(await bench.store.inbox.unclaimed(100)).not.toContainEqual(parcel);
    expect(await bench.store.inbox.claim(parcel)).toEqual([]);

    await bench.label(order, trackingNumber);
    expect(await bench.store.inbox.unclaimed(100)).toContainEqual(parcel);
    // Two workers may find them at the same time.
    const reports = await Promise.all([bench.store.inbox.claim(parcel), bench.store.inbox.claim(parcel)]);

    // Each reports what it applied.
    expect(new Set(reports.flat().map(({ state }) => state))).toEqual(new Set(['shipped', 'delivered']));
    expect(await carrierEventsOf(order.id)).toEqual([
      'shipment.picked_up',
      'shipment.in_transit',
      'shipment.delivered',
    ]);
    expect(await bench.order(order.id)).toMatchObject({
      status: 'delivered',
      shipments: [{ status: 'delivered' }],
    });
    expect(await bench.store.inbox.unclaimed(100)).not.toContainEqual(parcel);
    expect(await bench.store.inbox.claim(parcel)).toEqual([]);
    await bench.finish(order.id);
  });

  it('of two parcels in transit that share a number are kept for neither, and are not called unmatched', async () => {
    const { id: first, trackingNumber } = await bench.labelled();
    const second = await bench.paid();
    const key = `${second.id}:ship`;
    await bench.store.effects.begin(second.id, key, 'hash');
    await bench.store.orders.change(await bench.order(second.id), () => ({
      next: { fulfilment: 'ready' },
      event: { type: 'shipment.created', actor: 'carrier' },
      settles: { key, fence: 1, settlement: { state: 'done', providerId: trackingNumber } },
      parcel: { is: 'labelled', carrier: 'sandbox', trackingNumber },
    }));
    expect(await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber))).toBeNull();
    expect(await inboxOf(trackingNumber)).toMatchObject([{ verdict: 'ambiguous' }]);
    for (const id of [first, second.id])
      expect(await bench.order(id)).toMatchObject({
        fulfilment: 'ready',
        attention: [{ kind: 'tracking_conflict' }],
      });
  });

  describe('of a number whose parcel has arrived, while the label of another order is being made,', () => {
    const KEY = (id: OrderId) => `${id}:ship`;
    /** The former parcel's order, and an order whose label has been requested. */
    async function between(): Promise<{ former: OrderId; trackingNumber: string; later: OrderRecord }> {
      const { id: former, trackingNumber } = await bench.labelled();
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
      await bench.finish(former);
      const { id } = await bench.paid();
      await bench.store.effects.begin(id, KEY(id), 'hash');
      return { former, trackingNumber, later: await bench.order(id) };
    }
    const labelled = (order: OrderRecord, trackingNumber: string) =>
      bench.store.orders.change(order, ({ id }) => ({
        next: { fulfilment: 'ready' },
        event: { type: 'shipment.created', actor: 'carrier' },
        settles: { key: KEY(id), fence: 1, settlement: { state: 'done', providerId: trackingNumber } },
        parcel: { is: 'labelled', carrier: 'sandbox', trackingNumber },
      }));
    const unmatched = async (eventId: string) => bench.store.unmatchedEvents.has('carrier', eventId);

    it('wait, and are that order’s where its label has the number', async () => {
      const { former, trackingNumber, later } = await between();
      const before = await bench.order(former);
      const events = (['shipment.picked_up', 'shipment.delivered'] as const).map((type) =>
        carrierEvent(type, trackingNumber),
      );
      for (const event of events) {
        expect(await bench.store.inbox.receive(event)).toBe('unmatched');
        expect(await unmatched(event.eventId)).toBe(true);
      }
      expect(await bench.store.inbox.unclaimed(100)).toEqual([]);
      expect(await bench.store.inbox.claim({ orderId: former, trackingNumber })).toEqual([]);

      await labelled(later, trackingNumber);
      const parcel = { orderId: later.id, trackingNumber };
      expect(await bench.store.inbox.unclaimed(100)).toContainEqual(parcel);
      expect(await bench.store.inbox.claim(parcel)).toMatchObject([
        { state: 'shipped' },
        { state: 'delivered' },
      ]);
      expect(await bench.order(later.id)).toMatchObject({ status: 'delivered', attention: [] });
      expect(await bench.order(former)).toEqual(before);
      await bench.finish(later.id);
    });

    it('wait, and are the former order’s where that label has another number', async () => {
      const { former, trackingNumber, later } = await between();
      const returned = carrierEvent('shipment.returned', trackingNumber);
      expect(await bench.store.inbox.receive(returned)).toBe('unmatched');
      await labelled(later, `TRK-${randomUUID()}`);
      const parcel = { orderId: former, trackingNumber };
      expect(await bench.store.inbox.unclaimed(100)).toEqual([parcel]);
      expect(await bench.store.inbox.claim(parcel)).toEqual([]);
      expect(await bench.order(former)).toMatchObject({
        fulfilment: 'returned',
        attention: [{ kind: 'contradicting_event' }],
      });
      expect(await unmatched(returned.eventId)).toBe(false);
    });

    it('are the former order’s where they happened before that label was requested', async () => {
      const { former, trackingNumber, later } = await between();
      const occurredAt = new Date(Date.now() - 60_000);
      const returned = carrierEvent('shipment.returned', trackingNumber, { occurredAt });
      await bench.store.inbox.receive(returned);
      expect(await bench.order(former)).toMatchObject({ fulfilment: 'returned' });
      await labelled(later, `TRK-${randomUUID()}`);
    });

    it('are the former order’s after an hour, though that label is parked for days', async () => {
      const { former, trackingNumber, later } = await between();
      const parcel = { orderId: former, trackingNumber };
      const returned = carrierEvent('shipment.returned', trackingNumber);
      expect(await bench.store.inbox.receive(returned)).toBe('unmatched');
      const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
      const key = KEY(later.id);
      await bench.database.effect.update({ where: { key }, data: { startedAt: ago(3 * 24 * 60) } });
      const receivedAgo = (minutes: number) =>
        bench.database.inboxEvent.updateMany({
          where: { eventId: returned.eventId },
          data: { receivedAt: ago(minutes) },
        });
      await receivedAgo(59);
      expect(await bench.store.inbox.unclaimed(100)).toEqual([]);
      expect(await bench.store.inbox.claim(parcel)).toEqual([]);
      expect(await unmatched(returned.eventId)).toBe(true);

      await receivedAgo(61);
      expect(await bench.store.inbox.unclaimed(100)).toEqual([parcel]);
      await bench.store.inbox.claim(parcel);
      expect(await bench.order(former)).toMatchObject({ fulfilment: 'returned' });
      expect(await unmatched(returned.eventId)).toBe(false);
      await labelled(later, `TRK-${randomUUID()}`);
    });

    it('wait for no label that was requested after they were received, though they say 2999', async () => {
      const { former, trackingNumber, later } = await between();
      const occurredAt = new Date(Date.UTC(2999, 0, 1));
      const returned = carrierEvent('shipment.returned', trackingNumber, { occurredAt });
      expect(await bench.store.inbox.receive(returned)).toBe('unmatched');
      const { receivedAt } = await bench.database.inboxEvent.findFirstOrThrow({
        where: { eventId: returned.eventId },
      });
      await labelled(later, `TRK-${randomUUID()}`);
      const { id } = await bench.paid();
      await bench.store.effects.begin(id, KEY(id), 'hash');
      await bench.database.effect.update({
        where: { key: KEY(id) },
        data: { startedAt: new Date(receivedAt.getTime() + 1) },
      });

      const parcel = { orderId: former, trackingNumber };
      expect(await bench.store.inbox.unclaimed(100)).toEqual([parcel]);
      await bench.store.inbox.claim(parcel);
      expect(await bench.order(former)).toMatchObject({ fulfilment: 'returned' });
      await labelled(await bench.order(id), `TRK-${randomUUID()}`);
    });
  });

  it('are all stored when two hundred come for one order at once; the trail has what was new', async () => {
    const { id, trackingNumber } = await bench.labelled();
    const events = Array.from({ length: 200 }, (_, index) =>
      carrierEvent(index % 2 === 0 ? 'shipment.in_transit' : 'shipment.delivery_failed', trackingNumber),
    );
    const reports = await Promise.all(events.map((event) => bench.store.inbox.receive(event)));

    expect(reports.filter((report) => report !== null)).toMatchObject([{ state: 'shipped' }]);
    const stored = await inboxOf(trackingNumber);
    expect(new Set(stored.map(({ eventId }) => eventId))).toEqual(new Set(events.map((e) => e.eventId)));
    expect(stored.filter(({ appliedAt }) => appliedAt === null)).toEqual([]);
    expect([
      ['shipment.in_transit', 'shipment.delivery_failed'],
      ['shipment.delivery_failed'],
    ]).toContainEqual(await carrierEventsOf(id));
    expect(await bench.movements(id)).toEqual(['MUG-BLUE shipped -2']);
    // The last status of the parcel, and no wait ended: it has not arrived.
    expect(await bench.order(id)).toMatchObject({
      status: 'shipped',
      shipments: [{ status: 'delivery_failed' }],
      waits: [{ step: 'deliver' }],
    });
  });

  it('make one row of the trail when the carrier repeats one a thousand times', async () => {
    const { id, trackingNumber } = await bench.labelled();
    const say = async (type: CarrierEventType, times: number) => {
      for (let n = 0; n < times; n++) await bench.store.inbox.receive(carrierEvent(type, trackingNumber));
    };
    await say('shipment.in_transit', 1);
    const before = await bench.order(id);
    await say('shipment.in_transit', 1_000);
    expect(await bench.order(id)).toEqual(before);
    expect(await carrierEventsOf(id)).toEqual(['shipment.in_transit']);
    const stored = await inboxOf(trackingNumber);
    expect(stored).toHaveLength(1_001);
    expect(stored.filter(({ verdict }) => verdict === 'known')).toHaveLength(1_000);
    expect(stored.filter(({ orderId, appliedAt }) => orderId !== id || appliedAt === null)).toEqual([]);
    // The last status of the parcel is news whenever it changes.
    await say('shipment.delivery_failed', 2);
    await say('shipment.delivered', 2);
    expect(await carrierEventsOf(id)).toEqual([
      'shipment.in_transit',
      'shipment.delivery_failed',
      'shipment.delivered',
    ]);
    await bench.finish(id);
  });

  it('are not signalled again once the run was signalled', async () => {
    const { id, trackingNumber } = await bench.labelled();
    const event = carrierEvent('shipment.delivered', trackingNumber);
    const report = await bench.store.inbox.receive(event);
    if (report === null || report === 'unmatched') throw new Error('an arrival is news');
    await bench.store.inbox.markSignalled(report);
    expect(await bench.store.inbox.receive(event)).toBeNull();
    expect((await bench.store.inbox.unsignalled(0, 1_000)).map(({ orderId }) => orderId)).not.toContain(id);
    await bench.finish(id);
  });

  it('take the goods back when the parcel is returned before delivery', async () => {
    const before = await bench.stock('MUG-BLUE');
    const { id, trackingNumber } = await bench.labelled();
    const report = await bench.store.inbox.receive(carrierEvent('shipment.returned', trackingNumber));
    expect(report).toMatchObject({ state: 'returned' });
    expect(await bench.order(id)).toMatchObject({
      status: 'undelivered',
      fulfilment: 'returned',
      endReason: { code: 'returned', by: 'carrier' },
      waits: [],
    });
    expect(await bench.movements(id)).toEqual(['MUG-BLUE returned 2', 'MUG-BLUE shipped -2']);
    expect(await bench.stock('MUG-BLUE')).toEqual(before);
    await bench.finish(id);
  });

  describe('after the end', () => {
    it('change no status; an event that contradicts the end opens an attention, once', async () => {
      const before = await bench.stock('MUG-BLUE');
      const { id, trackingNumber } = await bench.labelled();
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
      await bench.finish(id);

      expect(await bench.store.inbox.receive(carrierEvent('shipment.in_transit', trackingNumber))).toBeNull();
      expect((await bench.order(id)).attention).toEqual([]);
      expect(await bench.store.inbox.receive(carrierEvent('shipment.returned', trackingNumber))).toBeNull();
      expect(await bench.store.inbox.receive(carrierEvent('shipment.returned', trackingNumber))).toBeNull();

      expect(await bench.order(id)).toMatchObject({
        status: 'delivered',
        fulfilment: 'returned',
        shipments: [{ status: 'returned' }],
        attention: [{ kind: 'contradicting_event', step: 'deliver', reason: 'shipment.returned' }],
      });
      expect(await bench.stock('MUG-BLUE')).toEqual(before);
      expect(await carrierEventsOf(id)).toEqual(['shipment.delivered', 'shipment.returned']);
    });

    it('move no goods of an order that was cancelled, however often its parcel is seen', async () => {
      const before = await bench.stock('MUG-BLUE');
      const { id, order, trackingNumber } = await bench.labelled();
      await bench.store.orders.change(order, () => ({
        next: { status: 'cancelling', fulfilment: 'reserved' },
        event: { type: 'shipment.cancelled', actor: 'carrier' },
      }));
      await bench.refund(await bench.order(id), order.totals.total);
      await bench.store.stock.release(await bench.order(id));
      await bench.close(id, 'cancelled');
      await Promise.all(
        Array.from({ length: 5 }, () =>
          bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber)),
        ),
      );

      expect(await bench.order(id)).toMatchObject({
        status: 'cancelled',
        fulfilment: 'released',
        attention: [{ kind: 'contradicting_event', reason: 'shipment.picked_up' }],
      });
      // Nor is an attention opened again once it was answered.
      await bench.database.attention.updateMany({ where: { orderId: id }, data: { resolvedAt: new Date() } });
      await bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber));
      expect((await bench.order(id)).attention).toEqual([]);
      expect(await carrierEventsOf(id)).toEqual(['shipment.picked_up']);
      expect(await bench.movements(id)).toEqual([]);
      expect(await bench.stock('MUG-BLUE')).toEqual(before);
    });
  });
});
