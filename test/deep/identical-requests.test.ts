import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

import pg from 'pg';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { script } from '../../dev/sandbox/test-sandbox.js';
import { abreast } from '../support/crowd.js';
import { eventually } from '../support/eventually.js';
import { ProductLock } from '../support/product-lock.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

let system: System;
let database: pg.Client;
useSystem(
  (opened) => {
    system = opened;
  },
  {
    deliveryAfter: 300,
    // A request is held up by a lock here, for as long as others are tried.
    env: { RETRY_ATTEMPTS: '2', DATABASE_LOCK_TIMEOUT: '20s', DATABASE_STATEMENT_TIMEOUT: '30s' },
  },
);
beforeAll(async () => {
  database = new pg.Client({ connectionString: system.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
});

type Body = ReturnType<System['body']>;
const place = (body: object, key: string) =>
  system.http.post('/orders').set('Idempotency-Key', key).send(body);
/** The rows of a customer that no other test uses. */
async function ordersOf({ customer }: Body): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    'SELECT id::text AS id FROM orders WHERE customer_email = $1',
    [customer.email],
  );
  return rows.map(({ id }) => id);
}
/** The only order of a customer, once it is delivered: paid once. */
async function onlyOrderOf(body: Body): Promise<string> {
  const [id = '', ...others] = await ordersOf(body);
  expect(others).toEqual([]);
  await system.until(id, ({ status }) => status === 'delivered', 40_000);
  expect((await system.charges())[id]).toBe(1);
  return id;
}
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => body.code ?? String(status);

describe('the same order', () => {
  it('placed a hundred times at once is one order, and every repeat returns it', async () => {
    const [key, body] = [randomUUID(), system.body()];
    const answers = await Promise.all(Array.from({ length: 100 }, () => place(body, key)));
    expect(['202', '202,idempotency_key_in_use']).toContain([...new Set(answers.map(codeOf))].sort().join());
    const id = await onlyOrderOf(body);
    for (const { status, body: answer, headers } of answers)
      if (status === 202) expect(answer.id).toBe(id);
      else expect(headers['retry-after']).toBe('1');
    const again = await Promise.all(Array.from({ length: 100 }, () => place(body, key)));
    expect(again.map(({ status, headers }) => `${status} ${headers['location']}`)).toEqual(
      Array(100).fill(`202 /orders/${id}`),
    );
  });

  it('is one order, placed with either of two keys of the same shop', async () => {
    const [key, body] = [randomUUID(), system.body()];
    const other = await system.store.apiKeys.create('shop', ['write']);
    const { body: first } = await place(body, key).expect(202);
    const { body: second } = await supertest(system.url)
      .post('/orders')
      .set({ Authorization: `Bearer ${other}`, 'Idempotency-Key': `"${key}"` })
      .send(body)
      .expect(202);
    expect(second.id).toBe(first.id);
    await onlyOrderOf(body);
  });

  it('with one byte changed a hundred times at once is one order, and the others are refused', async () => {
    const key = randomUUID();
    const original = system.body();
    const bodies = Array.from({ length: 100 }, (_, n) => ({
      ...original,
      customer: { ...original.customer, name: `Ada ${String.fromCodePoint(0x100 + n)}` },
    }));
    const answers = await Promise.all(bodies.map((body) => place(body, key)));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === '202')).toHaveLength(1);
    expect(codes.filter((code) => code === 'idempotency_key_reused')).toHaveLength(99);
    const id = await onlyOrderOf(original);
    const first = codes.indexOf('202');
    const again = await Promise.all(bodies.map((body) => place(body, key)));
    expect(again.map(codeOf)).toEqual(bodies.map((_, n) => (n === first ? '202' : 'idempotency_key_reused')));
    expect(again[first]?.body.id).toBe(id);
  });

  it('is in progress: a repeat is answered so, another order under its key is refused', async () => {
    const [key, body] = [randomUUID(), system.body()];
    const lock = await ProductLock.take(system.databaseUrl, { reading: true });
    try {
      const first = place(body, key).then((answer) => answer);
      await lock.awaited();
      const repeats = Promise.all([place(body, key), place({ ...body, expectedTotal: 1 }, key)]);
      if (system.processes === 1) {
        const [same, other] = await repeats;
        const inUse = { code: 'idempotency_key_in_use' };
        expect(same).toMatchObject({ status: 409, body: inUse, headers: { 'retry-after': '1' } });
        expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
      }
      await lock.release();
      // Another API does not know that the first is in progress, and answers once it has a result.
      if (system.processes > 1) expect((await repeats).map(({ status }) => status)).toEqual([202, 422]);
      expect((await first).status).toBe(202);
    } finally {
      await lock.release();
    }
    expect((await place(body, key).expect(202)).body.id).toBe(await onlyOrderOf(body));
  });

  it('whose client hangs up in the middle is one order, or none, and the repeat is answered', async () => {
    const { hostname, port } = new URL(system.url);
    const orders = Array.from({ length: 20 }, () => ({ key: randomUUID(), body: system.body() }));
    await abreast([...orders.entries()], 20, async ([n, { key, body }]) => {
      const text = JSON.stringify(body);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      socket.write(
        [
          'POST /orders HTTP/1.1',
          'Host: shop',
          `Authorization: Bearer ${system.key}`,
          'Content-Type: application/json',
          `Idempotency-Key: ${key}`,
          `Content-Length: ${Buffer.byteLength(text)}`,
          '',
          // Every other request was not even sent completely.
          n % 2 ? text.slice(0, -10) : text,
        ].join('\r\n'),
        () => socket.destroy(),
      );
      await once(socket, 'close');
    });
    for (const { key, body } of orders) {
      const { body: order } = await eventually(
        () => place(body, key),
        ({ status }) => status === 202,
      );
      expect(await ordersOf(body)).toEqual([order.id]);
    }
    for (const { body } of orders) await onlyOrderOf(body);
  });

  it('placed while the API is killed is one order, and is answered once it is back', async () => {
    const orders = Array.from({ length: 40 }, () => ({ key: randomUUID(), body: system.body() }));
    const attempts = Promise.all(
      orders.map(({ key, body }) => Promise.allSettled([place(body, key), place(body, key)])),
    );
    const emails = orders.map(({ body }) => body.customer.email);
    await eventually(
      () => database.query('SELECT 1 FROM orders WHERE customer_email = ANY($1)', [emails]),
      ({ rowCount }) => (rowCount ?? 0) > 0,
    );
    await system.kill('api');
    const heard = (await attempts).flat();
    await system.startApi();
    await abreast(orders, 10, async ({ key, body }) => {
      const { body: order } = await place(body, key).expect(202);
      expect(await ordersOf(body)).toEqual([order.id]);
    });
    // Otherwise nothing was interrupted.
    expect(heard.some(({ status }) => status === 'rejected')).toBe(true);
    for (const { body } of orders) await onlyOrderOf(body);
  });
});

describe('a key', () => {
  it('of one address is no key of another', async () => {
    const ids = [(await system.place()).id, (await system.place()).id];
    const key = randomUUID();
    for (const id of ids) {
      await system.until(id, ({ status }) => status === 'delivered', 40_000);
      const refund = { amount: 100, reason: 'goodwill', restock: false };
      const path = `/orders/${id}/refunds`;
      const { headers } = await system.http.post(path).set('Idempotency-Key', key).send(refund).expect(202);
      expect(headers['location']).toMatch(new RegExp(`^${path}/`));
      const again = await system.http.post(path).set('Idempotency-Key', key).send(refund).expect(202);
      expect(again.headers['location']).toBe(headers['location']);
    }
  });

  it('may come with an operator’s answer, which is then stored once', async () => {
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 2 });
    const { id } = await system.place();
    const { attention } = await system.until(id, (order) => order.attention.length > 0);
    const path = `/orders/${id}/attention/${attention[0]?.id}/resolution`;
    const key = randomUUID();
    const answer = (action: string, under: string | null = key) => {
      const call = system.http.post(path).send({ action });
      return under === null ? call : call.set('Idempotency-Key', under);
    };
    expect(await answer('retry', 'a b')).toMatchObject({ status: 400 });
    // Refused, so the key stays free.
    expect(await answer('skip')).toMatchObject({ status: 409, body: { code: 'illegal_resolution' } });
    await answer('retry').expect(202);
    await answer('retry').expect(202);
    expect(await answer('fail')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(await answer('retry', null)).toMatchObject({ status: 409, body: { code: 'already_resolved' } });
    await system.until(id, ({ status }) => status === 'delivered', 40_000);
    const types = await system.eventTypes(id);
    expect(types.filter((type) => type === 'attention.resolved')).toHaveLength(1);
  });
});
