import { randomUUID } from 'node:crypto';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';
import { ProductList, ProductView, StockAdjustmentView } from '#libs/contracts/http/product.api';

import type { Bench } from '../integration/bench.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('the back office', () => {
  let bench: Bench;
  let system: System;
  useSharedApi((opened, store) => {
    system = opened;
    bench = store;
  });

  const PLATE = { name: 'Plate', currency: 'EUR', unitPrice: 1500, sellable: true };
  const of = (sku: string) => ({ path: { sku } });
  const read = async (sku: string) =>
    ProductView.parse(await answered(system.shop.GET('/products/{sku}', { params: of(sku) })));
  const adjusted = (sku: string, quantity: number, key: string = randomUUID()) =>
    answered(
      system.shop.POST('/products/{sku}/stock-adjustments', {
        params: { ...of(sku), header: { 'Idempotency-Key': key } },
        body: { quantity, reason: 'counted' },
      }),
    );
  const adjust = (sku: string, quantity: number, key: string = randomUUID(), reason = 'counted') =>
    system.http
      .post(`/products/${sku}/stock-adjustments`)
      .set('Idempotency-Key', key)
      .send({ quantity, reason });
  const movements = (sku: string) => bench.database.stockMovement.findMany({ where: { sku } });

  it('creates a product, replaces it, and leaves its stock alone', async () => {
    const params = of('PLATE');
    const created = await system.shop.PUT('/products/{sku}', { params, body: PLATE });
    expect([created.response.status, created.response.headers.get('location')]).toEqual([
      201,
      '/products/PLATE',
    ]);
    expect(created.data).toEqual({ sku: 'PLATE', ...PLATE, onHand: 0, reserved: 0, available: 0 });
    await adjusted('PLATE', 7);
    const dearer = { ...PLATE, unitPrice: 1700, sellable: false };
    const replaced = await system.shop.PUT('/products/{sku}', { params, body: dearer });
    expect(replaced.response.status).toBe(200);
    expect(replaced.data).toEqual({ sku: 'PLATE', ...dearer, onHand: 7, reserved: 0, available: 7 });
    expect(await read('PLATE')).toEqual(replaced.data);
  });

  it('lists products page by page', async () => {
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { limit: 2, cursor };
      const page = await answered(system.shop.GET('/products', { params: { query } }));
      const { data, nextCursor } = ProductList.parse(page);
      seen.push(...data.map(({ sku }) => sku));
      cursor = nextCursor;
    }
    const all = await bench.database.product.findMany({ select: { sku: true }, orderBy: { sku: 'asc' } });
    expect(seen).toEqual(all.map(({ sku }) => sku));
  });

  it('adjusts stock once for each key, each time as a movement with its reason', async () => {
    const before = await read('GIFT');
    const key = randomUUID();
    const answer = await adjust('GIFT', -3, key, 'Broken in the warehouse');
    expect(answer.status).toBe(201);
    const made = StockAdjustmentView.parse(answer.body);
    expect(made).toMatchObject({ quantity: -3, reason: 'Broken in the warehouse', by: 'service:shop' });
    expect(answer.headers['location']).toBe(`/products/GIFT/stock-adjustments/${made.id}`);
    expect((await system.http.get(answer.headers['location'] ?? '').expect(200)).body).toEqual(made);

    const repeats = await Promise.all(
      Array.from({ length: 20 }, () => adjust('GIFT', -3, key, 'Broken in the warehouse')),
    );
    for (const repeat of repeats) expect(repeat).toMatchObject({ status: 201, body: made });
    expect((await adjust('GIFT', -4, key)).body).toMatchObject({ code: 'idempotency_key_reused' });
    // At another address it is another key.
    expect((await adjust('MUG-BLUE', -3, key, 'Broken in the warehouse')).body).toMatchObject({
      sku: 'MUG-BLUE',
    });
    expect((await read('GIFT')).onHand).toBe(before.onHand - 3);
    expect(await movements('GIFT')).toContainEqual(
      expect.objectContaining({ id: made.id, kind: 'adjusted', quantity: -3, by: 'service:shop' }),
    );
  });

  it('removes no more than orders leave, though many requests come at once', async () => {
    await bench.labelled({ lines: [{ sku: 'TEA-GREEN', quantity: 4 }] });
    const { available } = await read('TEA-GREEN');
    await adjusted('TEA-GREEN', 10 - available);
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust('TEA-GREEN', -1)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.code)).toEqual(Array(10).fill('stock_reserved'));
    expect(await read('TEA-GREEN')).toMatchObject({ onHand: 4, reserved: 4, available: 0 });
  });

  it('frees the key of an adjustment that was refused, and keeps that of one that was made', async () => {
    const key = randomUUID();
    expect((await adjust('LAST-ONE', -2, key)).body).toMatchObject({ code: 'stock_reserved' });
    await adjusted('LAST-ONE', 1);
    await adjusted('LAST-ONE', -2, key);
    await adjusted('LAST-ONE', -2, key);
    expect(await read('LAST-ONE')).toMatchObject({ onHand: 0 });
  });

  it('refuses impossible values', async () => {
    await system.http.put('/products/FULL').send(PLATE).expect(201);
    await bench.database
      .$executeRaw`INSERT INTO stock_movement (sku, kind, quantity) VALUES ('FULL', 'received', 2147483647)`;
    await bench.database.$executeRaw`UPDATE product SET on_hand = 2147483647 WHERE sku = 'FULL'`;
    const refusals = [
      [adjust('FULL', 1), 422, 'stock_too_large'],
      [adjust('NOTHING', 1), 404, 'product_not_found'],
      [adjust('FULL', 0), 400, 'invalid_request'],
      [adjust('FULL', 0.5), 400, 'invalid_request'],
      [adjust('FULL', 1_000_001), 400, 'invalid_request'],
      [adjust('FULL', -1, randomUUID(), ' '), 400, 'invalid_request'],
      [adjust('a b', 1), 400, 'invalid_request'],
      [adjust('FULL', -1, 'a b'), 400, 'idempotency_key_malformed'],
      [
        system.http.post('/products/FULL/stock-adjustments').send({ quantity: 1, reason: 'x' }),
        400,
        'idempotency_key_missing',
      ],
      [system.http.put('/products/NEW').send({ ...PLATE, currency: 'USD' }), 422, 'currency_not_supported'],
      [system.http.put('/products/NEW').send({ ...PLATE, unitPrice: -1 }), 400, 'invalid_request'],
      [system.http.put('/products/NEW').send({ ...PLATE, onHand: 5 }), 400, 'invalid_request'],
      [system.http.put('/products/a%00b').send(PLATE), 400, 'invalid_request'],
      [system.http.get('/products/NEW'), 404, 'product_not_found'],
      [system.http.get('/products?cursor=x%20y'), 400, 'invalid_request'],
      [
        system.http.get(`/products/FULL/stock-adjustments/${randomUUID()}`),
        404,
        'stock_adjustment_not_found',
      ],
      [system.http.get('/products/FULL/stock-adjustments/1'), 400, 'invalid_request'],
      [system.http.delete('/products/FULL'), 405, 'method_not_allowed'],
    ] as const;
    for (const [request, status, code] of refusals)
      expect(await request).toMatchObject({ status, body: { code } });
    const { body } = await system.http.put('/products/a%20b').send(PLATE);
    expect(body.errors).toEqual([{ pointer: '/sku', detail: expect.any(String) }]);
    expect(await movements('FULL')).toHaveLength(1);
  });

  it('is read with one scope and changed with another', async () => {
    const key = await system.store.apiKeys.create('frontend', ['read', 'write']);
    const shop = supertest.agent(system.url).set('Authorization', `Bearer ${key}`);
    await shop.get('/products').expect(200);
    await shop.get('/products/GIFT').expect(200);
    await shop.put('/products/GIFT').send(PLATE).expect(403);
    await shop
      .post('/products/GIFT/stock-adjustments')
      .set('Idempotency-Key', randomUUID())
      .send({ quantity: 1, reason: 'x' })
      .expect(403);
    await supertest(system.url).get('/products').expect(401);
  });

  it('is documented', async () => {
    const { body } = await system.http.get('/openapi.json').expect(200);
    const { put } = body.paths['/products/{sku}'];
    expect(put.parameters).toContainEqual(
      expect.objectContaining({ name: 'sku', in: 'path', required: true }),
    );
    expect(Object.keys(put.responses)).toEqual(expect.arrayContaining(['200', '201', '400', '422']));
    const { post } = body.paths['/products/{sku}/stock-adjustments'];
    expect(Object.keys(post.responses)).toEqual(expect.arrayContaining(['201', '400', '404', '409', '422']));
    const named = body.paths['/orders'].get.parameters.map(({ name }: { name: string }) => name);
    expect(named).toEqual(expect.arrayContaining(['status', 'email', 'createdFrom', 'order', 'cursor']));
  });
});
