import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.js';
import { SilentProxy } from '../support/silent-proxy.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';
import { testDatabase } from '../support/test-database.js';

const POOL = 10;
/** Short, as the tests wait for them: a silent connection is noticed after 3 s. */
const LIMITS = { DATABASE_STATEMENT_TIMEOUT: '2s', DATABASE_LOCK_TIMEOUT: '500ms' };
/** Milliseconds within which all connections must work again; without limits it took minutes. */
const SECONDS = 15_000;

let system: System;
let api: SilentProxy;
let worker: SilentProxy;
let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await testDatabase();
  [api, worker] = await Promise.all([SilentProxy.before(databaseUrl), SilentProxy.before(databaseUrl)]);
});
afterAll(async () => {
  await Promise.all([api.close(), worker.close()]);
});
useSystem(
  (opened) => {
    system = opened;
  },
  () => ({
    databaseUrl,
    worker: false,
    deliveryAfter: 300,
    env: { ...LIMITS, DRAIN_DELAY: '1s', DATABASE_POOL_SIZE: String(POOL), DATABASE_URL: api.url },
  }),
);
beforeAll(async () => {
  await system.startWorker({ DATABASE_URL: worker.url });
});

const many = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));
const read = () => system.http.get('/orders').then(({ status }) => status);
const ready = async () => (await fetch(`${system.url}/health/ready`)).status;

/** Places orders, and waits until each has ended. @returns their ids */
async function deliver(count: number, changes: Parameters<System['place']>[0] = {}): Promise<string[]> {
  const placed = await many(count, () => system.place(changes));
  await Promise.all(placed.map(({ id }) => system.until(id, ({ status }) => status === 'delivered', 60_000)));
  return placed.map(({ id }) => id);
}

const milliseconds = async (act: () => Promise<unknown>) => {
  const start = Date.now();
  await act();
  return Date.now() - start;
};

describe('connections that go silent', () => {
  it('are replaced by the API within seconds, which answers 503 until then', async () => {
    await many(15, read);
    expect(await ready()).toBe(200);
    api.silence();
    const start = Date.now();
    expect(await ready()).toBe(503);
    const answers = await many(15, read);
    expect(answers.every((status) => [200, 503].includes(status))).toBe(true);
    expect(answers).toContain(503);
    expect(system.log.some((line) => /"no_answer".*"not ready/.test(line))).toBe(true);
    expect(await many(15, read)).toEqual(Array(15).fill(200));
    await eventually(ready, (status) => status === 200, SECONDS);
    expect(Date.now() - start).toBeLessThan(SECONDS);
    expect(await fetch(`${system.url}/health/live`)).toMatchObject({ status: 200 });
  });

  it('do not keep the API from stopping on SIGTERM', async () => {
    await many(15, read);
    api.silence();
    const asked = many(15, () => read().catch(() => 0));
    const since = Date.now();
    expect(await system.stop('api')).toMatchObject({ code: 0, signal: null });
    expect(Date.now() - since).toBeLessThan(SECONDS);
    await system.startApi();
    // None was left without an answer.
    expect((await asked).every((status) => [200, 503].includes(status))).toBe(true);
  });

  it('hold up orders for seconds, where they are 7 of the 10 of a worker', async () => {
    const undisturbed = await milliseconds(() => deliver(30));
    worker.silence(7);
    expect(await milliseconds(() => deliver(30))).toBeLessThan(undisturbed + SECONDS);
  }, 180_000);

  it('do not keep a worker from stopping on SIGTERM', async () => {
    await deliver(10);
    worker.silence();
    const since = Date.now();
    expect(await system.stop('worker')).toMatchObject({ code: 0, signal: null });
    expect(Date.now() - since).toBeLessThan(15_000 + SECONDS);
    await system.startWorker({ DATABASE_URL: worker.url });
    await deliver(1);
  });
});

describe('a lock that is held', () => {
  let holder: pg.Client | undefined;
  /** Takes it, until the test is over. */
  async function lock(statement: string, values: unknown[] = []): Promise<void> {
    holder = new pg.Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(statement, values);
  }
  const release = async () => {
    await holder?.end();
    holder = undefined;
  };
  afterEach(release);

  const [LOCKED, FREE] = ['TEA-GREEN', 'MUG-BLUE'];
  const basketOf = (sku: string) => ({ lines: [{ sku, quantity: 1 }] });
  const put = (sku: string) =>
    system.http
      .put(`/products/${sku}`)
      .send({ name: 'Green tea', currency: 'EUR', unitPrice: 850, sellable: true });
  const BUSY = { status: 503, headers: { 'retry-after': '2' }, body: { code: 'busy' } };
  /** What has nothing to do with it. */
  const unrelated = async () => ({
    ready: await ready(),
    products: (await system.http.get('/products/MUG-BLUE')).status,
  });
  const WELL = { ready: 200, products: 200 };

  it('of one product delays no order of another; orders of the product give up waiting for it', async () => {
    await lock('UPDATE product SET name = name WHERE sku = $1', [LOCKED]);
    const held = await many(15, () => system.place(basketOf(LOCKED)));
    const waited = await milliseconds(() => deliver(1, basketOf(FREE)));
    expect(waited).toBeLessThan(SECONDS);

    const changes = many(12, () => put(LOCKED));
    expect(await unrelated()).toEqual(WELL);
    for (const answer of await changes) expect(answer).toMatchObject(BUSY);

    const contended = /"database_contended"/;
    await eventually(
      () => system.log,
      (log) => log.some((line) => contended.test(line) && held.some(({ id }) => line.includes(id))),
    );
    await release();
    const done = held.map(({ id }) => system.until(id, ({ status }) => status === 'delivered', 60_000));
    expect(new Set((await Promise.all(done)).map(({ attention }) => attention.length))).toEqual(new Set([0]));
  }, 120_000);

  it('of one order is given up by every statement that waits for it', async () => {
    const [id = ''] = await deliver(1);
    await lock('SELECT FROM orders WHERE id = $1 FOR UPDATE', [id]);
    const answers = many(12, () =>
      system.http
        .post(`/orders/${id}/refunds`)
        .set('Idempotency-Key', randomUUID())
        .send({ amount: 100, reason: 'goodwill', restock: false }),
    );
    expect(await unrelated()).toEqual(WELL);
    for (const answer of await answers) expect(answer).toMatchObject(BUSY);
    expect((await system.order(id)).status).toBe('delivered');
  });

  it('of all orders is given up by every process, and work without orders continues', async () => {
    await lock('LOCK TABLE orders');
    const asked = many(15, () => system.http.get('/orders'));
    expect(await unrelated()).toEqual(WELL);
    for (const answer of await asked) expect(answer).toMatchObject(BUSY);
    expect(await unrelated()).toEqual(WELL);
    await release();
    await deliver(1);
  });
});
