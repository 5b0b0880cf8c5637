import { randomUUID } from 'node:crypto';
import { request } from 'node:http';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.js';
import { System } from '../support/system.js';

/** Places an order, and waits for what becomes of it. @param seconds not at all without */
const placing =
  (system: System) =>
  (body: object, seconds?: number, key: string = randomUUID()) =>
    system.http
      .post('/orders')
      .set({ 'Idempotency-Key': key, ...(seconds === undefined ? {} : { Prefer: `wait=${seconds}` }) })
      .send(body);

async function timed<T>(act: () => PromiseLike<T>): Promise<{ answer: T; took: number }> {
  const began = Date.now();
  return { answer: await act(), took: Date.now() - began };
}

describe('a shop that waits for the outcome', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ env: { DECLINE_WINDOW: '1m' } });
  });
  afterAll(async () => {
    try {
      await system.checkInvariants();
    } finally {
      await system.close();
    }
  });
  const place = (...call: Parameters<ReturnType<typeof placing>>) => placing(system)(...call);
  const paying = (method: string) => system.body({ payment: { method } });

  it('is told at once that the order is confirmed', async () => {
    const { answer, took } = await timed(() => place(system.body(), 30));
    expect(answer).toMatchObject({
      status: 201,
      headers: { location: `/orders/${answer.body.id}`, 'preference-applied': 'wait=30' },
      body: { payment: 'captured' },
    });
    expect(took).toBeLessThan(25_000);
    expect(['confirmed', 'shipped']).toContain(answer.body.status);
  });

  it('is told that the payment was declined, and of which order, and may try another card', async () => {
    const { status, body, headers } = await place(paying('pm_card_chargeDeclined'), 30);
    expect({ status, code: body.code }).toEqual({ status: 402, code: 'payment_declined' });
    expect(headers).toMatchObject({
      location: `/orders/${body.orderId}`,
      'content-type': expect.stringMatching(/^application\/problem\+json/),
      'preference-applied': 'wait=30',
    });
    expect(await system.order(body.orderId)).toMatchObject({ status: 'pending', payment: 'declined' });
    await system.http
      .post(`/orders/${body.orderId}/payment-attempts`)
      .set('Idempotency-Key', randomUUID())
      .send({ method: 'pm_card_visa' })
      .expect(202);
    await system.until(body.orderId, ({ status: now }) => now === 'confirmed');
  });

  it.each([
    ['that something is out of stock', 'SOLD-OUT', 409, 'out_of_stock'],
    ['that something is not sold any more', 'RETIRED', 422, 'order_invalid'],
  ])('is told %s', async (_what, sku, status, code) => {
    const { body } = await place(system.body({ lines: [{ sku, quantity: 1 }] }), 30).expect(status);
    expect(body).toMatchObject({ code, status, type: `/problems/${code}` });
    expect(await system.order(body.orderId)).toMatchObject({ status: 'rejected' });
  });

  it('is not kept waiting for a shopper who can only act once the shop is answered', async () => {
    const { answer, took } = await timed(() => place(paying('pm_card_threeDSecure2Required'), 30));
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending', payment: 'requires_action' } });
    expect(took).toBeLessThan(25_000);
    await system.http.post(`/orders/${answer.body.id}/cancellation`).expect(202);
    await system.until(answer.body.id, ({ status }) => status === 'cancelled');
  });

  it('is told the same again under the same key, whatever became of the order since', async () => {
    const [key, body] = [randomUUID(), system.body()];
    const first = await place(body, 30, key).expect(201);
    const { location = '' } = first.headers;
    expect(await place(body, 30, key)).toMatchObject({ status: 201, headers: { location } });
    expect(await place(body, undefined, key)).toMatchObject({ status: 202, headers: { location } });
    await system.http.post(`${location}/cancellation`).expect(202);
    await system.until(first.body.id, ({ status }) => status === 'cancelled');
    expect(await place(body, 30, key)).toMatchObject({
      status: 201,
      headers: { location },
      body: { id: first.body.id, status: 'cancelled' },
    });
  });

  it('keeps its key when the outcome was bad', async () => {
    const [key, body] = [randomUUID(), system.body({ lines: [{ sku: 'SOLD-OUT', quantity: 1 }] })];
    const { body: first } = await place(body, 30, key).expect(409);
    const { body: again } = await place(body, 30, key).expect(409);
    expect(again).toMatchObject({ code: 'out_of_stock', orderId: first.orderId });
    const { body: unwaited } = await place(body, undefined, key).expect(202);
    expect(unwaited).toMatchObject({ id: first.orderId, status: 'rejected' });
    await place(system.body(), 30, key).expect(422);
  });

  it('waits no longer than it said, and is told nothing it did not ask for', async () => {
    await system.stop('worker');
    const { answer, took } = await timed(() => place(system.body(), 1));
    expect(answer).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=1' } });
    expect(took).toBeGreaterThanOrEqual(1_000);
    const unasked = await place(system.body());
    expect(unasked.status).toBe(202);
    expect(unasked.headers).not.toHaveProperty('preference-applied');
    await system.startWorker();
    for (const { body } of [answer, unasked])
      await system.until(body.id, ({ status }) => status === 'confirmed');
  });
});

describe('an order that is cancelled before it was confirmed', () => {
  it('is told to who waits for it', async () => {
    const system = await System.start({ env: { GRACE_BEFORE_CHARGE: '5s' } });
    try {
      const key = randomUUID();
      const body = system.body();
      const { body: placed } = await placing(system)(body, undefined, key).expect(202);
      const waiting = placing(system)(body, 30, key).then((answer) => answer);
      await system.http.post(`/orders/${placed.id}/cancellation`).expect(202);
      expect(await waiting).toMatchObject({
        status: 409,
        body: { code: 'order_cancelled', orderId: placed.id },
      });
    } finally {
      await system.close();
    }
  });
});

describe('many that wait', () => {
  let system: System;
  let database: pg.Client;
  beforeAll(async () => {
    const env = { DATABASE_POOL_SIZE: '1', MAX_CONNECTIONS: '80' };
    system = await System.start({ worker: false, env });
    database = new pg.Client({ connectionString: system.databaseUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await system.close();
  });

  const count = async () =>
    Number((await database.query<{ count: string }>('SELECT count(*) FROM orders')).rows[0]?.count);

  it('hold no connection to the database, leave some to the API for others, and are answered when it ends', async () => {
    const told: { status: number; headers: object }[] = [];
    const { id } = await system.place();
    // Whatever they wait for: there is one place for all of them.
    const answers = Array.from({ length: 60 }, (_, index) =>
      (index > 0
        ? placing(system)(system.body(), 30)
        : system.http.post(`/orders/${id}/cancellation`).set('Prefer', 'wait=30')
      ).then(({ status, headers }) => told.push({ status, headers })),
    );
    await eventually(count, (orders) => orders === 60);
    await eventually(
      () => told.length,
      (answered) => answered === 20,
    );
    // The others wait, with one connection to the database between all of them.
    const { took } = await timed(() => system.http.get('/orders').expect(200));
    expect(took).toBeLessThan(5_000);
    const { took: ending } = await timed(() => system.stop('api'));
    expect(ending).toBeLessThan(8_000);
    await Promise.all(answers);
    expect(told.map(({ status }) => status)).toEqual(Array(60).fill(202));
    expect(told.filter(({ headers }) => 'preference-applied' in headers)).toHaveLength(40);
  });

  it('make room as soon as they hang up', async () => {
    await system.startApi();
    const before = await count();
    const calls = Array.from({ length: 40 }, () => {
      const call = request(`${system.url}/orders`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${system.key}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': randomUUID(),
          Prefer: 'wait=30',
        },
      });
      call.on('error', () => undefined).end(JSON.stringify(system.body()));
      return call;
    });
    await eventually(count, (orders) => orders === before + 40);
    await eventually(
      () => placing(system)(system.body(), 1),
      ({ headers }) => !('preference-applied' in headers),
    );
    for (const call of calls) call.destroy();
    await eventually(
      () => placing(system)(system.body(), 1),
      ({ headers }) => 'preference-applied' in headers,
    );
  });
});
