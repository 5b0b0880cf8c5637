import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

const MINUTE = 60_000;

describe('what a sweep finds', () => {
  let bench: Bench;
  let id: OrderId;
  useBench((opened) => {
    bench = opened;
  }, 'orders in progress');
  beforeEach(async () => {
    ({ id } = await bench.accepted());
  });

  /** Moves a time of the order into the past, or the future. */
  const set = (column: string, minutes: number | null, table = 'orders') =>
    bench.database.$executeRawUnsafe(
      `UPDATE ${table} SET ${column} = now() + $1::float8 * interval '1 minute'
       WHERE ${table === 'orders' ? 'id' : 'order_id'} = $2::uuid`,
      minutes,
      id,
    );
  const neverStarted = async () =>
    (await bench.store.sweep.neverStarted(MINUTE, 10_000)).some((order) => order.id === id);

  describe('to start', () => {
    it('is an order that was accepted a while ago and has no run', async () => {
      await set('created_at', -2);
      expect(await neverStarted()).toBe(true);
      const [found] = (await bench.store.sweep.neverStarted(MINUTE, 10_000)).filter((o) => o.id === id);
      expect(found?.policy).toEqual((await bench.order(id)).policy);
    });

    it('is not one that was accepted just now: the API that accepted it will start it', async () => {
      expect(await neverStarted()).toBe(false);
    });

    it('is not one whose run is known', async () => {
      await set('created_at', -2);
      await bench.store.orders.markStarted(id);
      expect(await neverStarted()).toBe(false);
    });

    it('is not one whose goods were reserved: only a run does that', async () => {
      await set('created_at', -2);
      await bench.reserve(await bench.order(id));
      expect(await neverStarted()).toBe(false);
    });

    it('is none of those that are marked at once, but the one that is being changed meanwhile', async () => {
      const other = (await bench.accepted()).id;
      for (const each of [id, other])
        await bench.database
          .$executeRaw`UPDATE orders SET created_at = now() - interval '2 minutes' WHERE id = ${each}::uuid`;
      const client = new pg.Client({ connectionString: bench.databaseUrl });
      await client.connect();
      try {
        await client.query('BEGIN');
        await client.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [other]);
        // It waits for nothing.
        await bench.store.runMarks.mark({ orders: [id, other], eventIds: [] });
      } finally {
        await client.end();
      }
      expect(await neverStarted()).toBe(false);
      const left = await bench.store.sweep.neverStarted(MINUTE, 10_000);
      expect(left.map((order) => order.id)).toContain(other);
      await bench.store.runMarks.mark({ orders: [other], eventIds: [] });
      await bench.store.orders.markStarted(other);
    });

    it('comes oldest first, a batch at a time', async () => {
      await set('created_at', -1_000_000);
      const batch = await bench.store.sweep.neverStarted(MINUTE, 1);
      expect(batch.map((order) => order.id)).toEqual([id]);
      await bench.store.orders.markStarted(id);
    });
  });

  describe('to signal', () => {
    const untold = async (olderThan: number) =>
      (await bench.store.inbox.unsignalled(olderThan, 10_000)).filter((report) => report.orderId === id);
    const unheard = async (olderThan: number) =>
      (await bench.store.attention.unsignalled(olderThan, 10_000)).filter((open) => open.orderId === id);

    it('is an arrival that was not signalled, once there was time to signal it', async () => {
      const labelled = await bench.labelled();
      ({ id } = labelled);
      await bench.store.inbox.receive(carrierEvent('shipment.picked_up', labelled.trackingNumber));
      await bench.store.inbox.receive(carrierEvent('shipment.in_transit', labelled.trackingNumber));
      expect(await untold(MINUTE)).toEqual([]);
      await set('applied_at', -2, 'inbox_event');
      // The second one was no news.
      expect(await untold(MINUTE)).toMatchObject([{ state: 'shipped' }]);
      const eventIds = (await untold(MINUTE)).map(({ eventId }) => eventId);
      await bench.store.runMarks.mark({ orders: [], eventIds });
      expect(await untold(MINUTE)).toEqual([]);
    });

    it('is a cancellation request that was not signalled, until it is decided', async () => {
      const unsignalled = async () =>
        (await bench.store.cancellations.unsignalled(MINUTE, 10_000)).filter(
          (request) => request.orderId === id,
        );
      const { order, trackingNumber } = await bench.labelled();
      id = order.id;
      await bench.store.cancellations.request(order, 'service:shop');
      expect(await unsignalled()).toEqual([]);
      await set('requested_at', -2, 'cancellation');
      expect(await unsignalled()).toEqual([{ orderId: id, by: 'service:shop', policy: order.policy }]);
      await bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber));
      expect(await unsignalled()).toEqual([]);
    });

    it('is a payment attempt that was not signalled', async () => {
      const attempts = async () =>
        (await bench.store.paymentAttempts.unsignalled(MINUTE, 10_000)).filter((open) => open.orderId === id);
      await bench.database.paymentAttempt.create({
        data: { orderId: id, attempt: 2, method: 'pm_card_visa', requestedBy: 'service:shop' },
      });
      expect(await attempts()).toEqual([]);
      await set('requested_at', -2, 'payment_attempt');
      expect(await attempts()).toEqual([{ orderId: id, attempt: 2 }]);
      await bench.store.paymentAttempts.markSignalled({ orderId: id, attempt: 2 });
      expect(await attempts()).toEqual([]);
    });

    it('is an answer that was not signalled, once there was time to signal it', async () => {
      const order = await bench.order(id);
      const attention = '019b7654-0000-7000-8000-0000000000aa';
      await bench.store.attention.park(order, {
        id: attention,
        kind: 'parked',
        step: 'charge',
        isCompensation: false,
        reason: 'timeout',
      });
      expect(await unheard(0)).toEqual([]);
      await bench.store.attention.resolve(order, attention, {
        action: 'retry',
        note: null,
        by: 'service:ops',
      });
      expect(await unheard(MINUTE)).toEqual([]);
      await set('resolved_at', -2, 'attention');
      expect(await unheard(MINUTE)).toEqual([
        { attentionId: attention, orderId: id, action: 'retry', by: 'service:ops' },
      ]);
      await bench.store.attention.markSignalled(attention);
      expect(await unheard(MINUTE)).toEqual([]);
    });
  });
});
