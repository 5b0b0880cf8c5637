import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/order/order-id';

import { Bench, carrierEvent } from './bench.js';

const MINUTE = 60_000;

describe('what a sweep finds', () => {
  let bench: Bench;
  let id: OrderId;
  beforeAll(async () => {
    bench = await Bench.open();
  });
  beforeEach(async () => {
    ({ id } = await bench.accepted());
  });
  afterAll(async () => {
    await bench.end();
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
  const quiet = async () => (await bench.store.sweep.quiet(2 * MINUTE, 10_000)).includes(id);

  describe('to start', () => {
    it('is an order that was accepted a while ago and has no run', async () => {
      await set('created_at', -2);
      expect(await neverStarted()).toBe(true);
      const [found] = (await bench.store.sweep.neverStarted(MINUTE, 10_000)).filter((o) => o.id === id);
      expect(found?.policy).toEqual((await bench.order(id)).policy);
    });

    it('is not one that was accepted just now: whoever accepted it will start it', async () => {
      expect(await neverStarted()).toBe(false);
    });

    it('is not one whose run is known', async () => {
      await set('created_at', -2);
      await bench.store.orders.markStarted(id);
      expect(await neverStarted()).toBe(false);
    });

    it('comes oldest first, a batch at a time', async () => {
      await set('created_at', -1_000_000);
      const batch = await bench.store.sweep.neverStarted(MINUTE, 1);
      expect(batch.map((order) => order.id)).toEqual([id]);
      await bench.store.orders.markStarted(id);
    });
  });

  describe('to look after', () => {
    beforeEach(async () => {
      await bench.store.orders.markStarted(id);
      await set('updated_at', -3);
    });

    const wait = (nextTryIn: number | null) =>
      bench.store.waits.failed(id, 'ship', { attempt: 1, nextTryIn, error: 'x', beforePayment: false });

    it('is an open order that has been silent, with nothing to say why', async () => {
      expect(await quiet()).toBe(true);
    });

    it('is not one that has moved lately', async () => {
      await set('updated_at', -1);
      expect(await quiet()).toBe(false);
    });

    it('is not one without a run: that is to be started', async () => {
      await set('started_at', null);
      expect(await quiet()).toBe(false);
    });

    it('is not one that has ended', async () => {
      await bench.close(id, 'rejected');
      await set('updated_at', -3);
      expect(await quiet()).toBe(false);
    });

    it('is not one that waits for a person, until that person has answered', async () => {
      await bench.store.attention.flagClosedRun(await bench.order(id), 'missing');
      await set('updated_at', -3);
      expect(await quiet()).toBe(false);
      const order = await bench.order(id);
      await bench.store.attention.resolve(order, order.attention[0]?.id ?? '', {
        action: 'acknowledge',
        note: null,
        by: 'service:ops',
      });
      await set('updated_at', -3);
      expect(await quiet()).toBe(true);
    });

    it('is not one whose next try is to come, or has only just been due', async () => {
      await wait(10 * MINUTE);
      expect(await quiet()).toBe(false);
      await set('next_try_at', -1, 'order_wait');
      expect(await quiet()).toBe(false);
    });

    it('is one whose next try is long overdue', async () => {
      await wait(0);
      await set('next_try_at', -3, 'order_wait');
      expect(await quiet()).toBe(true);
    });

    it('is not one that waits for a deadline, until that is long past', async () => {
      await wait(null);
      await set('deadline', 60, 'order_wait');
      expect(await quiet()).toBe(false);
      await set('deadline', -3, 'order_wait');
      expect(await quiet()).toBe(true);
    });

    it('is one whose tries are spent and which nobody was told of', async () => {
      await wait(null);
      expect(await quiet()).toBe(true);
    });
  });

  describe('to pass on', () => {
    const untold = async (olderThan: number) =>
      (await bench.store.inbox.unsignalled(olderThan, 10_000)).filter((report) => report.orderId === id);
    const unheard = async (olderThan: number) =>
      (await bench.store.attention.unsignalled(olderThan, 10_000)).filter((told) => told.orderId === id);

    it('is an arrival that no run was told of, once it has had time to be told', async () => {
      const labelled = await bench.labelled();
      ({ id } = labelled);
      await bench.store.inbox.receive(carrierEvent('shipment.picked_up', labelled.trackingNumber));
      await bench.store.inbox.receive(carrierEvent('shipment.in_transit', labelled.trackingNumber));
      expect(await untold(MINUTE)).toEqual([]);
      await set('applied_at', -2, 'inbox_event');
      // The second one was no news.
      expect(await untold(MINUTE)).toMatchObject([{ state: 'shipped' }]);
      await bench.store.inbox.markSignalled((await untold(MINUTE))[0]?.inboxId ?? '');
      expect(await untold(MINUTE)).toEqual([]);
    });

    it('is an answer that no run was told of, once it has had time to be told', async () => {
      const order = await bench.order(id);
      const attention = '019b7654-0000-7000-8000-0000000000aa';
      await bench.store.attention.park(order, {
        id: attention,
        kind: 'parked',
        step: 'charge',
        undo: false,
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
      expect(await unheard(MINUTE)).toEqual([{ attentionId: attention, orderId: id, action: 'retry' }]);
      await bench.store.attention.markSignalled(attention);
      expect(await unheard(MINUTE)).toEqual([]);
    });
  });
});
