import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { IdempotencyService } from '../../apps/api/platform/idempotency/idempotency.service.js';
import { OldRows } from '../../apps/worker/sweeper/old-rows.js';
import { CARRIER_EVENTS, type CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import { Store } from '#libs/persistence/store';
import { AGING_TABLES, type AgingTable } from '#libs/persistence/sweeper/old-rows.repository';
import { createLogger } from '#libs/telemetry/logger';

import { acceptOrder } from '../support/orders.js';
import { openTestDatabase } from '../support/test-database.js';
import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

const DAY = 86_400_000;
const RETENTION = {
  idempotency_key: 30 * DAY,
  inbox_event: 90 * DAY,
  outbox_event: 90 * DAY,
  webhook_delivery: 30 * DAY,
};

describe('the removal of old rows', () => {
  let bench: Bench;
  let counted: Record<AgingTable, number>;
  useBench((opened) => {
    bench = opened;
  }, 'impossible rows');
  beforeEach(async () => {
    counted = { idempotency_key: 0, inbox_event: 0, outbox_event: 0, webhook_delivery: 0 };
    await makeDue();
  });

  const makeDue = () =>
    bench.database.$executeRaw`UPDATE removal_pass SET due_at = now() - interval '1 second', after = NULL`;
  const removal = (store = bench.store) =>
    new OldRows(store.oldRows, RETENTION, createLogger('test', 'silent'), {
      removed: (table, rows) => void (counted[table] += rows),
    });
  const passesDue = (tables: readonly AgingTable[] = AGING_TABLES) =>
    bench.database.removalPass.count({ where: { table: { in: [...tables] }, dueAt: { lte: new Date() } } });
  /** As many sweeps as it takes to go through all tables. */
  async function removeAll(): Promise<void> {
    while ((await passesDue()) > 0) await removal().remove(new AbortController().signal);
  }

  describe('under which requests were made', () => {
    const keysOf = (id: OrderId) => bench.database.idempotencyKey.count({ where: { orderId: id } });
    const age = (id: OrderId, days: number) => bench.database.$executeRaw`
      UPDATE idempotency_key SET created_at = now() - ${days} * interval '1 day' WHERE order_id = ${id}::uuid`;
    async function closed(days: number): Promise<OrderId> {
      const { id } = await bench.accepted();
      await bench.close(id, 'rejected');
      await age(id, days);
      return id;
    }

    it('takes keys of closed orders past their age, and no younger ones', async () => {
      const [old, young] = [await closed(31), await closed(29)];
      await removeAll();
      expect([await keysOf(old), await keysOf(young)]).toEqual([0, 1]);
      expect(counted.idempotency_key).toBe(1);
    });

    it('leaves those of an open order until it is closed', async () => {
      const { id } = await bench.accepted();
      await age(id, 400);
      await removeAll();
      expect(await keysOf(id)).toBe(1);
      await bench.close(id, 'rejected');
      await makeDue();
      await removeAll();
      expect(await keysOf(id)).toBe(0);
    });

    it('leaves those of a closed order while a refund of it is under way', async () => {
      const { id, order, trackingNumber } = await bench.labelled();
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
      await bench.finish(id);
      const refund = await bench.requestRefund(await bench.order(id), 500);
      await age(id, 31);
      await removeAll();
      expect(await keysOf(order.id)).toBe(1);
      await bench.settleRefund(await bench.order(id), refund, 500);
      await makeDue();
      await removeAll();
      expect(await keysOf(id)).toBe(0);
    });

    it('takes those of requests that are of no order', async () => {
      const key = randomUUID();
      await bench.database.$executeRaw`
        INSERT INTO idempotency_key (principal, operation, key, request_hash, resource_id, created_at)
        VALUES ('tests', 'POST /products/MUG-BLUE/stock-adjustments', ${key}, '', ${randomUUID()}, now() - interval '31 days')`;
      await removeAll();
      expect(await bench.database.idempotencyKey.count({ where: { key } })).toBe(0);
    });

    it('makes a request under the same key a new one', async () => {
      const first = await acceptOrder(bench.store);
      const found = await bench.database.idempotencyKey.findFirstOrThrow({ where: { orderId: first.id } });
      const request = { ...found, requestHash: '' };
      const again = { ...first, id: randomUUID() as OrderId, number: randomUUID(), lines: [] };
      await bench.close(first.id, 'rejected');
      await age(first.id, 29);
      await removeAll();
      expect(await bench.store.orders.accept(again, request)).toBeNull();
      await age(first.id, 31);
      await makeDue();
      await removeAll();
      expect(await bench.store.orders.accept(again, request)).toMatchObject({ id: again.id });
    });

    it('makes it a new one also where the key goes while the request is answered', async () => {
      const requests = new IdempotencyService(bench.store);
      const request = { principal: 'tests', operation: 'POST /orders', key: randomUUID(), requestHash: '' };
      const answers = [null, 'made anew'];
      const answer = await requests.once(
        request,
        async () => answers.shift() ?? null,
        async () => 'recalled',
      );
      expect(answer).toBe('made anew');
    });

    it('waits for no row that another transaction holds, and takes it with a later pass', async () => {
      const [held, other] = [await closed(31), await closed(31)];
      const client = new pg.Client({ connectionString: bench.databaseUrl });
      await client.connect();
      try {
        await client.query('BEGIN');
        await client.query('SELECT FROM idempotency_key WHERE order_id = $1 FOR UPDATE', [held]);
        await removeAll();
        expect([await keysOf(held), await keysOf(other)]).toEqual([1, 0]);
      } finally {
        await client.end();
      }
      await makeDue();
      await removeAll();
      expect(await keysOf(held)).toBe(0);
    });
  });

  describe('of events', () => {
    const eventsOf = async (trackingNumber: string) =>
      (await bench.database.inboxEvent.findMany({ where: { objectId: trackingNumber } })).map(
        ({ eventId }) => eventId,
      );
    const age = (trackingNumber: string, days: number) => bench.database.$executeRaw`
      UPDATE inbox_event SET received_at = now() - ${days} * interval '1 day', signalled_at = applied_at
      WHERE object_id = ${trackingNumber}`;

    it('takes those of a delivered order past their age, and no younger ones', async () => {
      const { id, trackingNumber } = await bench.labelled();
      for (const type of ['shipment.picked_up', 'shipment.in_transit', 'shipment.delivered'] as const)
        await bench.store.inbox.receive(carrierEvent(type, trackingNumber));
      await age(trackingNumber, 91);
      await removeAll();
      expect(await eventsOf(trackingNumber)).toHaveLength(3);
      await bench.finish(id);
      await age(trackingNumber, 89);
      await makeDue();
      await removeAll();
      expect(await eventsOf(trackingNumber)).toHaveLength(3);
      await age(trackingNumber, 91);
      await makeDue();
      await removeAll();
      expect(await eventsOf(trackingNumber)).toEqual([]);
    });

    it('leaves what no run is known to have received, and what was not applied', async () => {
      const { id, trackingNumber } = await bench.labelled();
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
      const unknown = `TRK-${randomUUID()}`;
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', unknown));
      await bench.finish(id);
      await age(trackingNumber, 91);
      await age(unknown, 91);
      await bench.database.inboxEvent.updateMany({
        where: { objectId: trackingNumber },
        data: { signalledAt: null },
      });
      await removeAll();
      expect([await eventsOf(trackingNumber), await eventsOf(unknown)].map(({ length }) => length)).toEqual([
        1, 1,
      ]);
    });

    it("takes the payment provider's of closed orders, and those of types that are not known", async () => {
      const { id } = await bench.accepted();
      const intentId = `pi_${id}`;
      await bench.database.order.update({ where: { id }, data: { intentId, intentStatus: 'captured' } });
      const of = (type: string, matters: boolean) => ({
        eventId: `evt_${randomUUID()}`,
        type,
        objectId: intentId,
        occurredAt: new Date(),
        matters,
      });
      const succeeded = of('payment_intent.succeeded', true);
      await bench.store.paymentInbox.receive(succeeded);
      await bench.store.paymentInbox.receive(of('customer.created', false));
      await bench.close(id, 'rejected');
      await age(intentId, 91);
      await removeAll();
      expect(await eventsOf(intentId)).toEqual([]);
      // Sent again, it is known, and asks for no sync.
      expect(await bench.store.paymentInbox.receive(succeeded)).toBeNull();
      expect(await bench.database.inboxEvent.findFirst({ where: { objectId: intentId } })).toMatchObject({
        verdict: 'known',
      });
    });

    it('lets no event that is sent again change anything, whatever the journey was', async () => {
      const journey = fc.record({
        before: fc.array(
          fc.record({ type: fc.constantFrom(...CARRIER_EVENTS.slice(0, 4)), again: fc.boolean() }),
          { maxLength: 5 },
        ),
        after: fc.array(fc.constantFrom(...CARRIER_EVENTS), { maxLength: 3 }),
        later: fc.subarray(['shipment.returned', 'shipment.in_transit'] as const),
      });
      /** Sends the events of a journey to an order that ends as delivered. */
      async function travel({
        before,
        after,
      }: {
        before: { type: CarrierEventType; again: boolean }[];
        after: CarrierEventType[];
      }) {
        const { id, trackingNumber } = await bench.labelled({ lines: [{ sku: 'TEA-GREEN', quantity: 1 }] });
        const types = before.flatMap(({ type, again }) => (again ? [type, type] : [type]));
        const first = [...types, 'shipment.delivered' as const].map((type) =>
          carrierEvent(type, trackingNumber),
        );
        const last = after.map((type) => carrierEvent(type, trackingNumber));
        for (const event of first) await bench.store.inbox.receive(event);
        await bench.finish(id);
        for (const event of last) await bench.store.inbox.receive(event);
        return { id, trackingNumber, sent: [...first, ...last] };
      }
      await fc.assert(
        fc.asyncProperty(fc.array(journey, { minLength: 20, maxLength: 20 }), async (journeys) => {
          const orders = await Promise.all(journeys.map(travel));
          const all = () =>
            Promise.all(
              orders.map(async ({ id }) => ({
                order: await bench.order(id),
                events: await bench.store.orders.events(id),
                attention: await bench.store.attention.ofOrder(id),
                movements: await bench.movements(id),
              })),
            );
          async function removeAndRepeat(): Promise<void> {
            for (const { trackingNumber } of orders) await age(trackingNumber, 91);
            await makeDue();
            counted.inbox_event = 0;
            await removeAll();
            const [known, stock] = [await all(), await bench.stock('TEA-GREEN')];
            await Promise.all(
              orders.map(async ({ sent }) => {
                for (const event of [...sent, ...sent.toReversed()])
                  expect(await bench.store.inbox.receive(event)).toBeNull();
              }),
            );
            expect(await all()).toEqual(known);
            expect(await bench.stock('TEA-GREEN')).toEqual(stock);
          }
          await removeAndRepeat();
          expect(counted.inbox_event).toBeGreaterThan(journeys.length);
          // Something new that comes later is applied, and does not make old events news.
          await Promise.all(
            orders.map(async ({ trackingNumber }, at) => {
              for (const type of journeys[at]?.later ?? [])
                await bench.store.inbox.receive(carrierEvent(type, trackingNumber));
            }),
          );
          await removeAndRepeat();
        }),
        { numRuns: 1 },
      );
    });
  });

  describe('by several workers at once', () => {
    const OLD = 3_000;
    const KEPT = 500;
    let stores: Store[];
    beforeAll(() => {
      stores = Array.from({ length: 5 }, () => new Store(openTestDatabase(bench.databaseUrl)));
      return async () => {
        await Promise.all(stores.map((store) => store.close()));
      };
    });

    it('looks at each row once in a pass, and removes each once', async () => {
      const { id } = await bench.accepted();
      const insert = (count: number, of: OrderId | null) => bench.database.$executeRaw`
        INSERT INTO idempotency_key (principal, operation, key, request_hash, order_id, resource_id, created_at)
        SELECT 'many', 'POST /orders', gen_random_uuid(), '', ${of}::uuid, gen_random_uuid(),
          now() - interval '40 days' - random() * interval '100 days' FROM generate_series(1, ${count}::int)`;
      await insert(OLD, null);
      await insert(KEPT, id);
      let seen = 0;
      while ((await passesDue(['idempotency_key'])) > 0)
        await Promise.all(
          stores.map(async (store) => {
            for (let batch = 0; batch < 10; batch++)
              if (
                await store.oldRows.remove('idempotency_key', 30 * DAY, 100).then((done) => {
                  counted.idempotency_key += done?.removed ?? 0;
                  return done !== null;
                })
              )
                seen += 1;
          }),
        );
      expect(counted.idempotency_key).toBe(OLD);
      expect(await bench.database.idempotencyKey.count({ where: { principal: 'many' } })).toBe(KEPT);
      // The last batch finds no old row any more. A batch that was full is not looked at again.
      expect(seen).toBeLessThanOrEqual(Math.ceil((OLD + KEPT) / 100) + 1);
      expect(seen).toBeGreaterThanOrEqual((OLD + KEPT) / 100);
      expect(await stores[0]?.oldRows.remove('idempotency_key', 30 * DAY, 100)).toBeNull();
    });
  });
});
