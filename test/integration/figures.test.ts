import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConnectionPool } from '#libs/persistence/database/connection-pool';
import type { BacklogQueue } from '#libs/persistence/figures/figure-statements';
import { FigureRepository } from '#libs/persistence/figures/figures.repository';

import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

describe('the backlog', () => {
  let bench: Bench;
  let pool: ConnectionPool;
  useBench((opened) => {
    bench = opened;
  }, 'orders in progress');
  beforeAll(() => {
    pool = new ConnectionPool(bench.databaseUrl, 1);
  });
  afterAll(async () => {
    await pool.end();
  });

  const read = async (queue: BacklogQueue) =>
    (await new FigureRepository(pool).backlog()).find((row) => row.queue === queue);
  const counts = async () => [
    (await read('events_unapplied'))?.count,
    (await read('events_unmatched'))?.count,
  ];
  const refunded = (intentId: string) =>
    bench.store.paymentInbox.receive({
      eventId: `evt_${randomUUID()}`,
      type: 'charge.refunded',
      objectId: intentId,
      occurredAt: new Date(),
      matters: true,
    });

  it('has events apart that match no order or parcel', async () => {
    expect(await counts()).toEqual([0, 0]);
    const order = await bench.paid();
    const event = { type: 'payment.intent_created', actor: 'gateway' } as const;
    await bench.store.orders.change(order, () => ({ intentId: `pi_${order.id}`, event }));
    const arrived = (...about: [trackingNumber: string, reference?: string]) => {
      const [trackingNumber, reference] = about;
      return bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber, { reference }));
    };

    await refunded('pi_of-another-shop');
    await arrived('TRK-unknown');
    await arrived('TRK-unknown', 'ORD-7');
    await arrived('TRK-unknown', randomUUID());
    expect(await counts()).toEqual([0, 4]);

    await refunded(`pi_${order.id}`);
    expect(await counts()).toEqual([1, 4]);

    // Before their label, which an unmatched event waits for.
    const trackingNumber = `TRK-${randomUUID()}`;
    await arrived(trackingNumber);
    await arrived('TRK-unknown', order.id);
    expect(await counts()).toEqual([1, 6]);
    await bench.label(await bench.order(order.id), trackingNumber);
    expect(await counts()).toEqual([3, 4]);
  });
  it('has an order that is to be started again since then, not since it was placed', async () => {
    const { id } = await bench.accepted();
    await bench.database
      .$executeRaw`UPDATE orders SET created_at = now() - interval '1 day' WHERE id = ${id}::uuid`;
    const age = async () => (await read('order_starts'))?.age ?? 0;
    expect(await age()).toBeGreaterThan(86_000);
    await bench.store.orders.markStarted(id);
    expect(await bench.store.runs.decideRestart(await bench.order(id), 1, 'run_lost', 'sweeper')).toBe(true);
    expect(await age()).toBeLessThan(600);
    await bench.store.orders.markStarted(id, 2);
  });
});
