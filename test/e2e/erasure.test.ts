import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { stringify } from 'safe-stable-stringify';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { post } from '../../dev/sandbox/test-sandbox.js';
import { ErasureView } from '#libs/contracts/http/erasure.api';
import { openDatabase } from '#libs/persistence/database/database';

import { eventually } from '../support/eventually.js';
import { tracesOf } from '../support/secrecy.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

const ID = 'Kundin/17 & Söhne #ä?';
const NAME = 'Philomena Thwackhurst';
const EMAIL = `Philomena-${randomUUID()}@Example.com`;
const SHIPPING = {
  line1: '9 Quincunx Yard',
  line2: 'Behind the Ropewalk',
  city: 'Ystradgynlais',
  postalCode: 'SA9 1QX',
  region: 'Powysland',
  country: 'GB',
  phone: '+44 1632 960388',
};
const BILLING = { line1: '4 Zephyr Wharf', city: 'Abergwyngregyn', postalCode: 'LL33 0ZW', country: 'GB' };
const CARDS = ['pm_card_mastercard', 'pm_card_amex'];
const NOTE = 'Called P. Thwackhurst-Quill, who has moved.';
const CUSTOMER = { id: ID, name: NAME, email: EMAIL };

describe('the erasure of a person', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  const body = (changes: Record<string, unknown> = {}) =>
    system.body({
      customer: CUSTOMER,
      shippingAddress: SHIPPING,
      billingAddress: BILLING,
      payment: { method: CARDS[0] },
      ...changes,
    });
  const eraseById = (id: string) => system.http.post(`/customers/${encodeURIComponent(id)}/erasure`);
  const eraseByEmail = (email: string) => system.http.post('/customers/erasure').send({ email });
  const label = (id: string) => system.until(id, ({ shipments }) => shipments.length > 0);
  async function closed(id: string): Promise<void> {
    await eventually(
      () => system.eventTypes(id),
      (types) => types.includes('order.closed') || types.includes('order.rejected'),
    );
  }
  async function deliver(id: string): Promise<void> {
    await system.carrierSays(id, 'picked_up');
    await system.carrierSays(id, 'delivered');
    await closed(id);
  }

  it('waits for the end of their orders, and changes nothing before', async () => {
    const customer = { id: 'waits', name: 'Other Shopper', email: 'waits@example.com' };
    const { id } = await system.place({ customer });
    await label(id);
    for (const ask of [eraseById('waits'), eraseByEmail('WAITS@example.com')]) {
      const { body: problem } = await ask.expect(409);
      expect(problem).toMatchObject({ code: 'orders_in_progress', type: '/problems/orders_in_progress' });
      expect(problem.detail).toMatch(new RegExp(`^1 .*${id}`));
    }
    expect(await system.order(id)).toMatchObject({ customer });
    expect(await system.eventTypes(id)).not.toContain('customer.erased');
    await deliver(id);
    expect((await eraseById('waits').send({}).expect(200)).body).toMatchObject({ orders: 1 });
    expect(await system.order(id)).toMatchObject({ customer: null, status: 'delivered' });
  });

  it('leaves no trace of them in the database, in Temporal or in a log, and the books as they were', async () => {
    const key = randomUUID();
    // Its mail is refused until an operator skips it, with a note.
    system.inbox.answer = { code: 451, times: 2 };
    const asked = body();
    const first = (await system.http.post('/orders').set('Idempotency-Key', key).send(asked).expect(202))
      .body;
    const parked = await system.until(first.id, ({ attention }) => attention.length > 0);
    await system.http
      .post(`/orders/${first.id}/attention/${parked.attention[0]?.id}/resolution`)
      .send({ action: 'skip', note: NOTE })
      .expect(202);
    await deliver(first.id);

    const declined = await system.place(body({ payment: { method: 'pm_card_chargeDeclined' } }));
    await system.until(declined.id, ({ payment }) => payment === 'declined');
    await eventually(
      () =>
        system.http
          .post(`/orders/${declined.id}/payment-attempts`)
          .set('Idempotency-Key', randomUUID())
          .send({ method: CARDS[1] }),
      ({ status }) => status === 202,
    );
    await deliver(declined.id);

    const cancelled = await system.place(body());
    await label(cancelled.id);
    await system.http.post(`/orders/${cancelled.id}/cancellation`).expect(202);
    await system.until(cancelled.id, ({ status, refunded }) => status === 'cancelled' && refunded > 0);
    await closed(cancelled.id);

    const rejected = await system.place(body({ lines: [{ sku: 'SOLD-OUT', quantity: 1 }] }));
    await closed(rejected.id);
    const asGuest = await system.place(body({ customer: { name: NAME, email: EMAIL.toLowerCase() } }));
    await deliver(asGuest.id);
    const other = await system.place();
    await deliver(other.id);

    const database = openDatabase(system.databaseUrl, 1);
    await database.$executeRaw`ANALYZE`;
    await database.$disconnect();
    const addresses = [SHIPPING, BILLING].flatMap(({ country: _tooCommon, ...address }) =>
      Object.values(address),
    );
    const values = [ID, NAME, EMAIL, NOTE, ...CARDS, ...addresses];
    // The request cannot be found by repeating it, either.
    values.push(createHash('sha256').update(stringify(asked)).digest('hex'));
    const traces = () => tracesOf(values, system);
    expect(new Set((await traces()).map((trace) => trace.split(' in ', 1)[0]))).toEqual(new Set(values));

    const mine = [first.id, declined.id, cancelled.id, rejected.id, asGuest.id];
    const ledgers = async () =>
      Promise.all(mine.map(async (id) => (await system.http.get(`/orders/${id}/ledger`).expect(200)).body));
    const books = await ledgers();
    const before = await Promise.all(mine.map((id) => system.order(id)));

    const byId = ErasureView.strict().parse((await eraseById(ID).expect(200)).body);
    expect(byId.orders).toBe(4);
    expect(await system.order(asGuest.id)).toMatchObject({ customer: { name: NAME } });
    expect((await eraseByEmail(EMAIL).expect(200)).body).toMatchObject({ orders: 1 });
    for (const again of [eraseById(ID), eraseByEmail(EMAIL)])
      expect((await again.expect(200)).body).toMatchObject({ orders: 0 });

    expect(await traces()).toEqual([]);
    expect(await ledgers()).toEqual(books);
    const after = await Promise.all(mine.map((id) => system.order(id)));
    expect(after).toEqual(
      before.map((order) => ({ ...order, customer: null, updatedAt: expect.any(String) })),
    );
    for (const id of mine) expect((await system.eventTypes(id)).at(-1)).toBe('customer.erased');
    for (const query of [{ customer: ID }, { email: EMAIL }])
      expect((await system.http.get('/orders').query(query).expect(200)).body.data).toEqual([]);
    expect(await system.order(other.id)).toMatchObject({ customer: { name: 'Xanthippe Quillfeather' } });

    const again = await system.http.post('/orders').set('Idempotency-Key', key).send(asked).expect(202);
    expect(again.body).toMatchObject({ id: first.id, customer: null });
    const changed = body({ customer: { ...CUSTOMER, name: 'Another' } });
    const repeated = await system.http.post('/orders').set('Idempotency-Key', key).send(changed).expect(202);
    expect(repeated.body).toMatchObject({ id: first.id, customer: null });
    expect(await traces()).toEqual([]);
  });

  it('prevents no return of a parcel, no refund and no dispute', async () => {
    const customer = { id: 'later', name: 'Later Shopper', email: 'later@example.com' };
    const { id } = await system.place({ customer });
    await deliver(id);
    await eraseById('later').expect(200);
    await system.carrierSays(id, 'returned');
    await system.until(id, ({ fulfilment }) => fulfilment === 'returned');
    await system.http
      .post(`/orders/${id}/refunds`)
      .set('Idempotency-Key', randomUUID())
      .send({ amount: 500, reason: 'goodwill', restock: false })
      .expect(202);
    await system.until(id, ({ refunded }) => refunded === 500);
    const [intent] = await system.intents(id);
    await post(`${system.sandbox.url}/sandbox/disputes`, { payment_intent: intent?.id });
    const disputed = await system.until(id, ({ dispute }) => dispute !== null);
    expect(disputed).toMatchObject({ customer: null, status: 'delivered' });
    expect(disputed.attention.map(({ kind }) => kind)).toEqual(['contradicting_event', 'dispute_opened']);
    for (const { id: attention } of disputed.attention)
      await system.http
        .post(`/orders/${id}/attention/${attention}/resolution`)
        .send({ action: 'acknowledge' })
        .expect(202);
  });

  it('leaves its person in no log, in any form of the request', async () => {
    const secret = 'Wilhelmina-Oxblood';
    const reader = await system.store.apiKeys.create('reader', ['read']);
    const as = (key: string) => supertest.agent(system.url).set('Authorization', `Bearer ${key}`);
    const path = `/customers/${secret}/erasure`;
    const answers = await Promise.all([
      system.http.post(path),
      system.http.post(`${path}/`),
      system.http.post(path.toUpperCase()),
      system.http.post(path.replace('Wilhelmina', '%57ilhelmina')),
      system.http.post(path).query({ id: secret }),
      system.http.post(path).set('Content-Type', 'application/json').send('{'),
      system.http.post(path).set('Content-Type', 'text/plain').send(secret),
      system.http.post(path).send({ id: secret }),
      system.http.post(path).send({ id: 'x'.repeat(70_000) }),
      system.http.post(`/customers/${secret.repeat(10)}/erasure`),
      system.http.post(`/customers/%00${secret}/erasure`),
      system.http.post(`/customers/%ff${secret}/erasure`),
      system.http.get(path),
      system.http.head(path),
      system.http.put(path),
      system.http.delete(`/customers/${secret}`),
      system.http.post(`/customers/${secret}/erasures`),
      system.http.post(`/costumers/${secret}/erasure`),
      system.http.post(`/customers/${secret}/of/them/erasure`),
      system.http.post(`//customers/${secret}/erasure`),
      system.http.get(`/orders/${secret}`),
      system.http.post('/customers/erasure').send({ email: secret }),
      system.http.post('/customers/erasure').send({ email: `${secret}@example.com` }),
      system.http.get('/customers/erasure').query({ email: `${secret}@example.com` }),
      as(reader).post(path),
      as('op_guessed').post(path),
      supertest(system.url).post(path),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set([200, 400, 401, 403, 404, 405, 413, 415]),
    );
    const { hostname, port } = new URL(system.url);
    for (const target of [path, `http://${hostname}:${port}${path}`, `${path} bad`, `${path}\\x`]) {
      const socket = connect(Number(port), hostname);
      socket.write(`POST ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1.1 4\d\d /);
    }
    const ids = answers.map(({ headers }) => String(headers['x-request-id']));
    await eventually(
      () => ids.filter((id) => !system.log.some((line) => line.includes(id))),
      (missing) => missing.length === 0,
    );
    expect(await tracesOf([secret, secret.slice(1)], system)).toEqual([]);
    expect(system.log.some((line) => line.includes('"/customers/{id}/erasure"'))).toBe(true);
  });
});
