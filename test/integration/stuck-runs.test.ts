import { beforeAll, describe, expect, it } from 'vitest';

import { StuckRuns } from '../../apps/worker/sweeper/stuck-runs.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { type TaskQueue, UNVERSIONED } from '#libs/temporal/task-queue';
import type { RunDescription } from '#libs/temporal/run-visibility';
import type { OpenTask } from '#libs/temporal/stuck-run';

import type { Bench } from './bench.js';
import { addShippedOrders } from '../../dev/seeding/many-orders.js';
import { useBench } from './use-bench.js';

const ORDERS = 1_200;
const FAILING: OpenTask = { attempt: 4, waitsSince: null };
const WAITING: OpenTask = { attempt: 1, waitsSince: new Date(Date.now() - 60_000) };

/** A Temporal in which the runs of all orders wait without a task, but for those in `tasks`; counts its calls. */
class CountedRuns {
  readonly tasks = new Map<OrderId, OpenTask>();
  listed: OrderId[] | null = [];
  backlogAge = 0;
  described: OrderId[] = [];
  /** How long the descriptions of a look take, all in all; milliseconds. */
  takes = 0;

  async failing(limit: number): Promise<OrderId[] | null> {
    return this.listed?.slice(0, limit) ?? null;
  }
  async queue(): Promise<TaskQueue> {
    const readAt = new Date(Date.now() - this.takes);
    return { readAt, backlogAge: this.backlogAge, targets: [UNVERSIONED], pollers: [] };
  }
  async describe(id: OrderId): Promise<RunDescription | null> {
    this.described.push(id);
    return { runId: 'run', run: 1, status: 'running', task: this.tasks.get(id) ?? null, pinnedTo: null };
  }
}

describe('the search for stuck runs', () => {
  let bench: Bench;
  let runs: CountedRuns;
  useBench((opened) => {
    bench = opened;
  }, 'impossible rows');
  beforeAll(async () => {
    runs = new CountedRuns();
    await addShippedOrders(bench.database, ORDERS);
  });

  const ids = async () =>
    (await bench.database.order.findMany({ select: { id: true }, orderBy: { id: 'asc' } })).map(
      ({ id }) => id as OrderId,
    );
  const some = async (at: number) => (await ids())[at] as OrderId;
  const look = async (unexplained: readonly OrderId[] = [], startedAt = new Date(0)) => {
    runs.described = [];
    await new StuckRuns(bench.store, runs, { startedAt }).look(unexplained);
  };
  const reasons = async (id: OrderId) =>
    (await bench.order(id)).attention.map(({ kind, reason }) => `${kind}: ${reason}`);

  it('asks about no order while Temporal lists none and no task waits', async () => {
    await look();
    expect(runs.described).toEqual([]);
  });

  it('finds a run that is listed, and withdraws its attention once it goes on', async () => {
    const id = await some(10);
    runs.listed = [id];
    runs.tasks.set(id, FAILING);
    await look();
    expect(runs.described).toEqual([id]);
    expect(await reasons(id)).toEqual(['run_stuck: workflow_task_failing']);
    await look();
    runs.listed = [];
    runs.tasks.delete(id);
    await look();
    expect(await reasons(id)).toEqual([]);
    expect(await bench.eventTypes(id)).toEqual(['order.run_stuck', 'order.run_recovered']);
  });

  it('finds none in a list that is behind', async () => {
    const id = await some(11);
    runs.listed = [id];
    await look();
    expect(await reasons(id)).toEqual([]);
    runs.listed = [];
  });

  it('finds what has changed lately and whose task no worker takes, only while tasks wait', async () => {
    const id = await some(20);
    runs.tasks.set(id, WAITING);
    await bench.database.$executeRaw`UPDATE orders SET updated_at = now() WHERE id = ${id}::uuid`;
    await look();
    expect(await reasons(id)).toEqual([]);
    runs.backlogAge = 60_000;
    await look();
    expect(runs.described).toContain(id);
    expect(runs.described.length).toBeLessThan(5);
    expect(await reasons(id)).toEqual(['run_stuck: no_worker_for_version']);
  });

  it('finds no run whose task began to wait during the look, however long a busy machine takes for it', async () => {
    const id = await some(21);
    const since = new Date(Date.now() - 100_000);
    runs.tasks.set(id, { attempt: 1, waitsSince: since });
    runs.takes = 120_000;
    await bench.database.$executeRaw`UPDATE orders SET updated_at = now() WHERE id = ${id}::uuid`;
    await look();
    expect(runs.described).toContain(id);
    expect(await reasons(id)).toEqual([]);
    runs.takes = 0;
  });

  it('finds none that waited while no worker was there, right after a worker has started', async () => {
    const id = await some(21);
    await look([], new Date());
    expect(runs.described).toContain(id);
    expect(await reasons(id)).toEqual([]);
    await look();
    expect(await reasons(id)).toEqual(['run_stuck: no_worker_for_version']);
    await look([], new Date());
    expect(await reasons(id)).toEqual(['run_stuck: no_worker_for_version']);
    runs.tasks.delete(id);
    await look();
    expect(await reasons(id)).toEqual([]);
  });

  it('names the cause anew where workers come that fail', async () => {
    const id = await some(20);
    runs.backlogAge = 0;
    runs.tasks.set(id, FAILING);
    runs.listed = [id];
    await look();
    expect(await reasons(id)).toEqual(['run_stuck: workflow_task_failing']);
    runs.tasks.delete(id);
    runs.listed = [];
    await look();
    expect(await reasons(id)).toEqual([]);
  });

  it('asks a Temporal that lists none about what changed lately, and what has no reason to be open', async () => {
    const [late, unexplained] = [await some(30), await some(31)];
    runs.listed = null;
    runs.tasks.set(late, FAILING).set(unexplained, FAILING);
    await bench.database.$executeRaw`UPDATE orders SET updated_at = now() - interval '1 hour'`;
    await bench.database.$executeRaw`UPDATE orders SET updated_at = now() WHERE id = ${late}::uuid`;
    await look([unexplained]);
    expect(new Set(runs.described)).toEqual(new Set([late, unexplained]));
    for (const id of [late, unexplained])
      expect(await reasons(id)).toEqual(['run_stuck: workflow_task_failing']);
    runs.tasks.clear();
    runs.listed = [];
    await look();
    for (const id of [late, unexplained]) expect(await reasons(id)).toEqual([]);
  });

  it('does not open an attention again that was acknowledged, until money or the parcel moves', async () => {
    const id = await some(40);
    runs.listed = [id];
    runs.tasks.set(id, FAILING);
    await look();
    const order = await bench.order(id);
    const attentionId = order.attention[0]?.id ?? '';
    const answer = { action: 'acknowledge', note: null, by: 'service:operator' } as const;
    expect(await bench.store.attention.resolve(order, attentionId, answer)).toBe('resolved');
    await look();
    expect(await reasons(id)).toEqual([]);
    const event = { type: 'shipment.moved', actor: 'carrier' } as const;
    await bench.store.orders.change(await bench.order(id), () => ({ event }));
    await look();
    expect(await reasons(id)).toEqual(['run_stuck: workflow_task_failing']);
    runs.tasks.clear();
    runs.listed = [];
    await look();
  });

  it('shows it on a thousand orders at once, and on no more', async () => {
    const all = await ids();
    runs.listed = all;
    for (const id of all) runs.tasks.set(id, FAILING);
    const shown = () => bench.database.attention.count({ where: { kind: 'run_stuck', resolvedAt: null } });
    await look();
    expect(await shown()).toBe(1_000);
    await look();
    expect(await shown()).toBe(1_000);
  }, 240_000);

  it('withdraws what v0.1.0 opened about runs that fail', async () => {
    const id = await some(1_100);
    runs.tasks.clear();
    runs.listed = [];
    await look();
    await bench.store.attention.flagClosedRun(await bench.order(id), 'keeps_failing');
    await look();
    expect(await reasons(id)).toEqual([]);
  }, 240_000);
});
