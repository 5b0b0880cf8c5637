import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';

import { LostRuns } from '../../apps/worker/sweeper/lost-runs.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { createLogger } from '#libs/telemetry/logger';
import type { LostRun, RunDescription } from '#libs/temporal/run-visibility';

import { makeLookDue } from '../support/run-look.js';
import type { Bench } from './bench.js';
import { addShippedOrders } from '../../dev/seeding/many-orders.js';
import { useBench } from './use-bench.js';

const INTERVAL = 30_000;
const ORDERS = 1_000;

/** A Temporal that has a run for every order, except lost ones; and counts its calls. */
class CountedRuns {
  readonly lost = new Map<OrderId, 'terminated' | null>();
  asked = { lists: 0, compared: [] as OrderId[], described: [] as OrderId[] };

  readonly visibility = {
    closedSince: (): AsyncGenerator<LostRun[]> => this.closed(),
    running: async (ids: readonly OrderId[]): Promise<ReadonlySet<OrderId>> => {
      this.asked.lists += Math.ceil(ids.length / 200);
      this.asked.compared.push(...ids);
      return new Set(ids.filter((id) => !this.lost.has(id)));
    },
    describe: async (id: OrderId): Promise<RunDescription | null> => {
      this.asked.described.push(id);
      const status = this.lost.get(id);
      if (status === null) return null;
      return { runId: 'run', run: 1, status: status ?? 'running', task: null, pinnedTo: null };
    },
  };

  forget(): void {
    this.asked = { lists: 0, compared: [], described: [] };
  }

  async startLast(): Promise<void> {
    await Promise.resolve();
  }

  private async *closed(): AsyncGenerator<LostRun[]> {
    await Promise.resolve();
    yield [...this.lost].flatMap(([orderId, status]) =>
      status === null ? [] : [{ of: 'order', orderId, closedAt: new Date() } as const],
    );
  }
}

describe('the search for lost runs', () => {
  let bench: Bench;
  const runs = new CountedRuns();
  const logger = createLogger('test', 'silent');
  useBench((opened) => {
    bench = opened;
  }, 'impossible rows');
  beforeAll(async () => {
    await addShippedOrders(bench.database, ORDERS);
    await bench.database.$executeRaw`
      INSERT INTO order_wait (order_id, placed_at, step, deadline, durable)
      SELECT id, created_at, 'deliver', now() + interval '1 day', true FROM orders`;
  });

  const ids = async () =>
    (await bench.database.order.findMany({ select: { id: true }, orderBy: { id: 'asc' } })).map(
      ({ id }) => id,
    );
  async function look(limit = 20): Promise<void> {
    await makeLookDue(bench.database);
    const options = { answer: 'attention', limit, interval: INTERVAL } as const;
    await new LostRuns(bench.store, runs, logger, options, { look: async () => {} }).look();
  }
  const reasons = async () =>
    bench.database.attention.findMany({
      where: { kind: 'run_closed' },
      select: { orderId: true, reason: true },
    });
  const some = async (at: number) => (await ids()).toSorted()[at] as OrderId;

  it('passes every open order, with a list for 200 of them and no call for each', async () => {
    runs.forget();
    for (let looks = 0; looks < ORDERS / 200 + 1; looks++) await look();
    expect(new Set(runs.asked.compared).size).toBe(ORDERS);
    expect(runs.asked.compared.length).toBe(ORDERS);
    expect(runs.asked).toMatchObject({ lists: ORDERS / 200, described: [] });
  });

  it('describes one run alone before its attention is opened, and none afterwards', async () => {
    const id = await some(700);
    runs.lost.set(id, null);
    runs.forget();
    for (let looks = 0; looks < 12; looks++) await look();
    expect(runs.asked.described).toEqual([id]);
    expect(await reasons()).toEqual([{ orderId: id, reason: 'missing' }]);
  });

  it('compares nothing again after an alarm until the alarm is over', async () => {
    const lost = await Promise.all([800, 801, 802].map(some));
    for (const id of lost) runs.lost.set(id, 'terminated');
    const at = async () => bench.database.runLook.findFirstOrThrow();
    const before = await at();
    await look(2);
    await look(2);
    expect(await at()).toMatchObject({
      comparedTo: before.comparedTo,
      closedUntil: before.closedUntil,
      alarmRuns: 3,
    });
    expect(await reasons()).toHaveLength(1);
    await look(3);
    expect(await at()).toMatchObject({ alarmSince: null, alarmRuns: 0 });
    expect(await reasons()).toHaveLength(4);
  });

  it('is given up where lists show too little, before every order is described', async () => {
    const all = await ids();
    const { running } = runs.visibility;
    runs.visibility.running = async () => new Set();
    runs.forget();
    await expect(look()).rejects.toThrow('lists do not show');
    runs.visibility.running = running;
    expect(runs.asked.described.length).toBeLessThan(all.length / 2);
    expect(await reasons()).toHaveLength(4);
  });

  it('handles all others where an order is locked', async () => {
    const lost = await Promise.all([40, 41].map(some));
    for (const id of lost) runs.lost.set(id, null);
    await bench.database.$executeRaw`UPDATE run_look SET compared_to = NULL`;
    const [held, other] = lost;
    const client = new pg.Client({ connectionString: bench.databaseUrl });
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [held]);
    await expect(look()).rejects.toThrow('lock timeout');
    expect(await reasons()).toContainEqual({ orderId: other, reason: 'missing' });
    await client.end();
    await look();
    expect(await reasons()).toContainEqual({ orderId: held, reason: 'missing' });
  });

  it('has a cancellation carried out that was signalled to the run before it was lost', async () => {
    const id = await some(50);
    await bench.database.$executeRaw`UPDATE orders SET status = 'confirmed' WHERE id = ${id}::uuid`;
    await bench.store.cancellations.request(await bench.order(id), 'service:shop');
    await bench.store.cancellations.markSignalled(id);
    runs.lost.set(id, 'terminated');
    await look();
    expect(await bench.eventTypes(id)).toEqual(['cancellation.requested', 'order.restarted']);
    expect((await bench.order(id)).attention).toEqual([]);
  });
});
