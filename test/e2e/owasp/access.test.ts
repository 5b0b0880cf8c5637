import { randomUUID } from 'node:crypto';

import pg from 'pg';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { SCOPES } from '#libs/persistence/requests/api-key.repository';

import { Bench } from '../../integration/bench.js';
import {
  addressOf,
  DOCUMENTED,
  type DocumentedOperation,
  schemaNamed,
  titled,
} from '../../support/documented-operations.js';
import { CUSTOMER, emailOf } from '../../support/orders.js';
import { useSharedApi } from '../../support/shared-systems.js';
import type { System } from '../../support/system.js';

describe('access by key and scope', () => {
  let bench: Bench;
  let system: System;
  useSharedApi((opened, store) => {
    system = opened;
    bench = store;
  });

  const as = (key: string) => supertest.agent(system.url).set('Authorization', `Bearer ${key}`);
  const anonymous = () => supertest(system.url);
  /** Calls an operation as documented, on an object that does not exist. */
  const call = (agent: ReturnType<typeof supertest>, operation: DocumentedOperation) => {
    const { method, body, isKeyed } = operation;
    const verb = method.toLowerCase() as 'get' | 'post' | 'put';
    const request = agent[verb](addressOf(operation));
    if (isKeyed) request.set('Idempotency-Key', randomUUID());
    return body ? request.send(body.examples[0] as object) : request;
  };

  // One shop's services share one set of orders: a key with `read` sees them all, as a back office does. The parts
  // of one order, or of one product, are kept apart.
  describe('API1:2023 Broken Object Level Authorization', () => {
    it('finds nothing of one order at the address of another', async () => {
      const [mine, other] = [await bench.paid(), await bench.labelled()];
      const refundId = await bench.requestRefund(mine, 100);
      await bench.store.attention.flagClosedRun(mine, 'completed');
      const [attention] = (await system.order(mine.id)).attention;
      await system.http.get(`/orders/${mine.id}/refunds/${refundId}`).expect(200);
      expect((await system.http.get(`/orders/${other.id}/refunds/${refundId}`)).body).toMatchObject({
        status: 404,
        code: 'refund_not_found',
      });
      const answer = (order: string) =>
        system.http
          .post(`/orders/${order}/attention/${attention?.id}/resolution`)
          .send({ action: 'acknowledge' });
      expect((await answer(other.id)).body).toMatchObject({ status: 404, code: 'attention_not_found' });
      expect((await system.order(mine.id)).attention).toHaveLength(1);
      expect((await answer(mine.id)).status).toBe(202);
      const lineId = mine.lines[0]?.id;
      const foreignLine = await system.http
        .post(`/orders/${(await delivered()).id}/refunds`)
        .set('Idempotency-Key', randomUUID())
        .send({ lines: [{ lineId, quantity: 1 }], reason: 'goodwill', restock: false });
      expect(foreignLine.body).toMatchObject({ status: 422, code: 'refund_line_unknown' });
    });

    it('finds nothing of one product at the address of another', async () => {
      const { headers } = await system.http
        .post('/products/MUG-BLUE/stock-adjustments')
        .set('Idempotency-Key', randomUUID())
        .send({ quantity: 1, reason: 'counted' })
        .expect(201);
      const address = headers['location'] ?? '';
      await system.http.get(address).expect(200);
      const { body } = await system.http.get(address.replace('MUG-BLUE', 'GIFT'));
      expect(body).toMatchObject({ status: 404, code: 'stock_adjustment_not_found' });
    });

    it('names orders so that no caller can guess the next one', async () => {
      const placed = [await system.place(), await system.place()];
      const [first, second] = placed.map(({ id }) => id.replaceAll('-', ''));
      // A UUIDv7 reveals its time; 74 bits are left to guess (RFC 9562, section 5.7).
      expect(first?.slice(16)).not.toBe(second?.slice(16));
      for (const { id } of placed) {
        const digits = id.split('-');
        const last = digits[4] ?? '';
        const next = (Number.parseInt(last, 16) + 1).toString(16).padStart(12, '0');
        const { status } = await system.http.get(`/orders/${[...digits.slice(0, 4), next].join('-')}`);
        expect(status).toBe(404);
      }
    });

    it('keeps the keys of one service from another', async () => {
      const other = await system.store.apiKeys.create('another-shop', ['write']);
      const body = system.body();
      const [mine, theirs] = [
        await system.http.post('/orders').set('Idempotency-Key', 'the-same').send(body).expect(202),
        await as(other).post('/orders').set('Idempotency-Key', 'the-same').send(body).expect(202),
      ];
      expect(theirs.body.id).not.toBe(mine.body.id);
    });

    async function delivered() {
      const { id } = await bench.labelled();
      await bench.store.orders.change(await bench.order(id), () => ({
        next: { status: 'delivered', fulfilment: 'delivered' },
        event: { type: 'test', actor: 'test' },
      }));
      return bench.order(id);
    }
  });

  describe('API2:2023 Broken Authentication', () => {
    it('accepts a known key, in one place and one form, and does not explain a refusal', async () => {
      const { key } = system;
      const revoked = await system.store.apiKeys.create('leaving', ['read']);
      const { id = '' } = (await system.store.apiKeys.list()).find((k) => k.service === 'leaving') ?? {};
      await system.store.apiKeys.revoke(id);
      const expired = await system.store.apiKeys.create('late', ['read'], new Date(Date.now() - 1_000));
      const wrong = [
        `Bearer ${revoked}`,
        `Bearer ${expired}`,
        `Bearer ${key}x`,
        `Bearer ${key.slice(0, -1)}`,
        `Bearer ${key.toUpperCase()}`,
        `Bearer ${key}' OR '1'='1`,
        'Bearer op_',
        'Bearer ',
        key,
        `Basic ${Buffer.from(`shop:${key}`).toString('base64')}`,
        `Digest ${key}`,
        `Bearer ${key}, Bearer ${key}`,
      ];
      const answers = [];
      for (const authorization of wrong)
        answers.push(await anonymous().get('/orders').set('Authorization', authorization));
      answers.push(
        await anonymous().get('/orders').query({ access_token: key }),
        await anonymous().get('/orders').query({ api_key: key }),
        await anonymous().get('/orders').set('X-Api-Key', key),
        await anonymous().get('/orders').set('Cookie', `key=${key}`),
      );
      const shown = answers.map(({ status, body }) => JSON.stringify([status, { ...body, requestId: '' }]));
      expect(new Set(shown).size).toBe(1);
      expect(answers[0]).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      for (const { headers } of answers) expect(headers['www-authenticate']).toMatch(/^Bearer/);
      await as(key).get('/orders').expect(200);
      await anonymous().get('/orders').set('Authorization', `bearer ${key}`).expect(200);
    });

    it('keeps no key, neither in a table nor in the log', async () => {
      const database = new pg.Client({ connectionString: system.databaseUrl });
      await database.connect();
      const { rows } = await database.query('SELECT k::text AS row FROM api_key k');
      await database.end();
      expect(rows.length).toBeGreaterThan(0);
      for (const text of [JSON.stringify(rows), system.log.join('\n')])
        expect(text).not.toContain(system.key);
      expect(system.key).toMatch(/^op_[\w-]{43}$/);
    });

    it('has no key that an outsider could know: a new database has none', async () => {
      const fresh = await Bench.open();
      try {
        expect(await fresh.store.apiKeys.list()).toEqual([]);
      } finally {
        await fresh.end();
      }
    });
    // That guesses are limited by address, and that a key ends at once: test/e2e/api-access.test.ts.
  });

  describe('API3:2023 Broken Object Property Level Authorization', () => {
    /** The fields of an order that only the service decides. */
    const OWN = {
      id: randomUUID(),
      number: 'R-MINE-0001',
      status: 'delivered',
      payment: 'captured',
      fulfilment: 'delivered',
      totals: { total: 1 },
      policy: { reservationTtl: 1 },
      paymentMethod: 'pm_card_visa',
      createdAt: '2020-01-01T00:00:00Z',
      taxRate: 0,
    };

    it.each(Object.entries(OWN))('accepts no %s from outside', async (field, value) => {
      const before = await bench.database.order.count();
      const { status, body } = await system.http
        .post('/orders')
        .set('Idempotency-Key', randomUUID())
        .send(system.body({ [field]: value }));
      expect(status).toBe(400);
      expect(body.errors).toEqual([{ pointer: `/${field}`, detail: expect.any(String) }]);
      expect(await bench.database.order.count()).toBe(before);
    });

    it('takes no price of a line, and no stock of a product', async () => {
      const cheap = system.body({ lines: [{ sku: 'MUG-BLUE', quantity: 1, unitPrice: 1, name: 'x' }] });
      const order = await system.http.post('/orders').set('Idempotency-Key', randomUUID()).send(cheap);
      expect(order.body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
        '/lines/0/name',
        '/lines/0/unitPrice',
      ]);
      const mug = { name: 'Mug', currency: 'EUR', unitPrice: 1, sellable: true };
      const product = await system.http.put('/products/MUG-BLUE').send({ ...mug, onHand: 9, reserved: 0 });
      expect(product.body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
        '/onHand',
        '/reserved',
      ]);
    });

    it('shows the documented fields of an order, and none of its payment method or address', async () => {
      const { id } = await bench.labelled();
      const reader = as(await system.store.apiKeys.create('reader', ['read']));
      const { body: order } = await reader.get(`/orders/${id}`).expect(200);
      const shown = Object.keys(schemaNamed('Order').properties ?? {}).sort();
      expect(Object.keys(order).sort()).toEqual(shown);
      const { body: list } = await reader.get('/orders').expect(200);
      for (const one of list.data) expect(Object.keys(one).sort()).toEqual(shown);
      const stored = await bench.order(id);
      const { line1, postalCode } = CUSTOMER.shippingAddress;
      expect(stored).toMatchObject({ paymentMethod: 'pm_card_visa', shippingAddress: { line1, postalCode } });
      for (const secret of ['pm_card_visa', line1, postalCode, `pi_${id}`, 'reservationTtl', 'policy'])
        for (const answer of [order, list]) expect(JSON.stringify(answer)).not.toContain(secret);
      const { text: trail } = await reader.get(`/orders/${id}/events`).expect(200);
      for (const secret of ['pm_card_visa', line1, postalCode, emailOf(stored)])
        expect(trail).not.toContain(secret);
    });
  });

  describe('API5:2023 Broken Function Level Authorization', () => {
    const closed = DOCUMENTED.filter(({ scope }) => scope !== null);

    it('leaves no operation open except public and signed ones', () => {
      const open = DOCUMENTED.filter(({ scope, isForPeople }) => scope === null && !isForPeople);
      expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
        'GET /',
        'GET /console/sign-in',
        'GET /console/sign-in/callback',
        'GET /console/sign-in/methods',
        'GET /health/live',
        'GET /health/ready',
        'GET /problems',
        'GET /problems/{code}',
        'POST /console/development-sign-in',
        'POST /webhooks/deliveries',
        'POST /webhooks/stripe',
      ]);
    });

    it.each(titled(({ path }) => path.startsWith('/webhooks/')))(
      '%s takes a signature, and no key in its place',
      async (_title, operation) => {
        for (const agent of [anonymous(), system.http])
          expect((await call(agent, operation)).body).toMatchObject({
            status: 401,
            code: 'invalid_signature',
          });
      },
    );

    it.each(titled(({ scope }) => scope !== null))(
      '%s opens to a key with its scope only',
      async (_title, operation) => {
        const { scope } = operation;
        const unkeyed = await call(anonymous(), operation);
        expect(unkeyed).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
        for (const one of SCOPES) {
          const key = await system.store.apiKeys.create(`only-${one}`, [one]);
          const { status, body, headers } = await call(as(key), operation);
          if (one === scope) expect([401, 403], JSON.stringify(body)).not.toContain(status);
          else {
            expect([status, body.code]).toEqual([403, 'insufficient_scope']);
            expect(headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", scope="${scope}"`);
          }
        }
      },
    );

    it.each(titled(({ isForPeople }) => isForPeople))(
      '%s is for people, and for no key',
      async (_title, operation) => {
        for (const agent of [anonymous(), system.http])
          expect((await call(agent, operation)).body).toMatchObject({ status: 401, code: 'unauthenticated' });
      },
    );

    it('checks the key before anything else of a request', async () => {
      for (const operation of closed.filter(({ body }) => body !== null)) {
        const verb = operation.method.toLowerCase() as 'post' | 'put';
        const { status } = await anonymous()[verb](addressOf(operation)).send({ not: 'valid' });
        expect(status, operation.id).toBe(401);
      }
    });
  });
});
