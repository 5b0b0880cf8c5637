import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { orderId } from '#libs/domain/order/order-id';
import { openDatabase } from '#libs/persistence/database/database';

import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

describe('an order through the API', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    { deliveryAfter: 600 },
  );

  it('is accepted, carried out and delivered, with two mails', async () => {
    const body = system.body();
    const accepted = await system.http.post('/orders').set('Idempotency-Key', 'first').send(body);
    expect(accepted.status).toBe(202);
    expect(accepted.headers['location']).toBe(`/orders/${accepted.body.id}`);
    expect(accepted.body).toMatchObject({
      number: expect.stringMatching(/^R-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/),
      status: 'pending',
      payment: 'none',
      fulfilment: 'none',
      attention: [],
      endReason: null,
      customer: body.customer,
      currency: 'EUR',
      totals: { subtotal: 3980, shipping: 0, discount: 0, tax: 0, total: 3980 },
      shipments: [],
    });

    const { id } = accepted.body;
    const travelling = await system.until(id, ({ shipments }) => shipments.length > 0);
    expect(travelling.payment).toBe('captured');
    const delivered = await system.until(id, ({ status }) => status === 'delivered');
    expect(delivered).toMatchObject({
      fulfilment: 'delivered',
      endReason: null,
      shipments: [{ status: 'delivered' }],
    });
    await eventually(
      () => system.inbox.kindsTo(body.customer.email),
      (kinds) => kinds.includes('delivery'),
    );
    // The shipment email is sent unless the parcel has arrived by then.
    const kinds = system.inbox.kindsTo(body.customer.email).filter((kind) => kind !== 'shipped');
    expect(kinds).toEqual(['confirmation', 'delivery']);
    expect(await system.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    await eventually(
      () => system.eventTypes(id),
      (types) => types.includes('order.closed'),
    );
  });

  it('is answered again under its key, at its own price, after changes of the catalogue', async () => {
    const key = randomUUID();
    const body = system.body({ expectedTotal: 3980 });
    const ask = (under = key) => system.http.post('/orders').set('Idempotency-Key', under).send(body);
    const { id } = (await ask().expect(202)).body;
    // A product that is priced in another currency by then would be refused.
    await system.until(id, ({ shipments }) => shipments.length > 0);

    const database = openDatabase(system.databaseUrl, 1);
    const change = (data: { unitPrice?: number; currency?: string }) =>
      database.product.update({ where: { sku: 'MUG-BLUE' }, data });
    const { currency, ...mug } = await database.product.findUniqueOrThrow({ where: { sku: 'MUG-BLUE' } });
    const unitPrice = Number(mug.unitPrice);
    try {
      for (const [changed, code] of [
        [{ unitPrice: unitPrice + 500 }, 'price_changed'],
        [{ unitPrice, currency: 'USD' }, 'currency_not_supported'],
      ] as const) {
        await change(changed);
        expect((await ask(randomUUID())).body).toMatchObject({ code });
        expect(await ask()).toMatchObject({ status: 202, body: { id, totals: { total: 3980 } } });
      }
    } finally {
      await change({ unitPrice, currency });
      await database.$disconnect();
    }
    await system.until(id, ({ status }) => status === 'delivered');
  });

  it('is listed newest first, in pages that neither skip nor repeat', async () => {
    const placed: string[] = [];
    for (let n = 0; n < 5; n++) placed.unshift((await system.place()).id);
    const seen: string[] = [];
    let cursor: string | null = null as string | null;
    do {
      const query = { limit: 2, ...(cursor ? { cursor } : {}) };
      const page = await answered(system.shop.GET('/orders', { params: { query } }));
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.slice(0, 5)).toEqual(placed);
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of placed) await system.until(id, ({ status }) => status === 'delivered');
  });

  it('is found by status', async () => {
    const { id } = await system.place({ payment: { method: 'pm_card_chargeDeclined' } });
    const order = await system.until(id, ({ status }) => status === 'rejected');
    expect(order.endReason).toEqual({ code: 'payment_declined', by: 'workflow' });
    const rejected = { status: ['rejected' as const] };
    const { data } = await answered(system.shop.GET('/orders', { params: { query: rejected } }));
    expect(data.map((found) => found.id)).toEqual([id]);
    const query = 'OrderStatus = "rejected"';
    await eventually(
      async () => {
        const found: string[] = [];
        for await (const run of system.client.workflow.list({ query })) found.push(run.workflowId);
        return found;
      },
      (found) => found.includes(orderWorkflowId(orderId(id))),
    );
  });

  it('is for the holders of a key with the scope', async () => {
    const { id } = await system.place();
    const anyone = supertest(system.url);
    await anyone
      .get(`/orders/${id}`)
      .expect(401)
      .expect('www-authenticate', /Bearer/);
    await anyone.get(`/orders/${id}`).set('Authorization', 'Bearer op_guessed').expect(401);
    const reader = await system.store.apiKeys.create('reporting', ['read']);
    await anyone.get(`/orders/${id}`).set('Authorization', `Bearer ${reader}`).expect(200);
    const refused = await anyone
      .post('/orders')
      .set('Authorization', `Bearer ${reader}`)
      .set('Idempotency-Key', randomUUID())
      .send(system.body());
    expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    for (const path of [
      '/health/live',
      '/health/ready',
      '/docs',
      '/openapi.json',
      '/problems/insufficient_scope',
    ]) {
      await anyone.get(path).expect(200);
    }
    const { body } = await anyone.get('/openapi.json');
    expect(body).toEqual(JSON.parse(readFileSync('openapi.json', 'utf8')));
    const [key] = (await system.store.apiKeys.list()).filter(({ service }) => service === 'reporting');
    await system.store.apiKeys.revoke(key?.id ?? '');
    await eventually(
      () => anyone.get(`/orders/${id}`).set('Authorization', `Bearer ${reader}`),
      ({ status }) => status === 401,
    );
    await system.until(id, ({ status }) => status === 'delivered');
  });

  it('leaves nothing of the customer in a history or a log', async () => {
    const customer = { name: 'Zebedee Quillfeather', email: `zebedee-${randomUUID()}@example.com` };
    const shippingAddress = {
      line1: '77 Marmalade Lane',
      city: 'Nether Wallop',
      postalCode: 'SO20 8EZ',
      country: 'GB',
      phone: '+447700900123',
    };
    const { id } = await system.place({ customer, shippingAddress });
    const refused = await system.place({
      customer,
      shippingAddress: { ...shippingAddress, postalCode: '00000' },
    });
    await system.until(id, ({ status }) => status === 'delivered');
    await system.until(refused.id, ({ status }) => status === 'cancelled');
    const handles = [id, refused.id].map((each) =>
      system.client.workflow.getHandle(orderWorkflowId(orderId(each))),
    );
    const histories = await Promise.all(
      handles.map(async (handle) => {
        await handle.result();
        return JSON.stringify(await handle.fetchHistory(), (_key, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString() : value,
        );
      }),
    );
    const everything = [...histories, ...system.log].join('\n');
    for (const word of [
      'Zebedee',
      'Quillfeather',
      'zebedee',
      'Marmalade',
      'Nether Wallop',
      'SO20',
      '7700900123',
    ]) {
      expect(everything).not.toContain(word);
    }
    expect(histories[0]).toContain(id);
  });
});
