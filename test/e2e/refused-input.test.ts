import { randomUUID } from 'node:crypto';

import { afterEach, describe, expect, it } from 'vitest';

import { addressOf, DOCUMENTED } from '../support/documented-operations.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

/** Input that is wrong by its meaning. Input that is wrong in its form: test/deep/odd-input.test.ts. */
describe('what the API refuses', () => {
  let system: System;
  useSharedApi((opened) => {
    system = opened;
  });
  afterEach(async () => {
    const stored = await system.store.orders.list({ limit: 10 });
    if (stored.length > 0) throw new Error('a refused request left an order behind');
  });

  const post = (body: unknown, key: string = randomUUID()) =>
    system.http
      .post('/orders')
      .set('Idempotency-Key', key)
      .set('Content-Type', 'application/json')
      .send(body as object);

  const line = (sku: string, quantity: unknown = 1) => ({ sku, quantity });
  const BODIES: readonly [string, Record<string, unknown>, number, string, string?][] = [
    [
      'a customer without an address to write to',
      { customer: { name: 'A', email: 'nobody' } },
      400,
      'invalid_request',
      '/customer/email',
    ],
    ['no lines', { lines: [] }, 400, 'invalid_request', '/lines'],
    ['a quantity of nothing', { lines: [line('MUG-BLUE', 0)] }, 400, 'invalid_request', '/lines/0/quantity'],
    [
      'a country that is none',
      { shippingAddress: { line1: 'x', city: 'y', postalCode: 'z', country: 'Germany' } },
      400,
      'invalid_request',
      '/shippingAddress/country',
    ],
    ...[
      { country: 'UK', postalCode: 'SW1Y 4JH' },
      { country: 'XX', postalCode: '1' },
      { country: 'de', postalCode: '10827' },
    ].map((place): (typeof BODIES)[number] => [
      `the country ${place.country}`,
      { shippingAddress: { line1: 'x', city: 'y', ...place } },
      400,
      'invalid_request',
      '/shippingAddress/country',
    ]),
    [
      'an address in Germany without a postal code',
      { shippingAddress: { line1: 'x', city: 'y', country: 'DE' } },
      400,
      'invalid_request',
      '/shippingAddress/postalCode',
    ],
    [
      'an address in the United States without a state',
      { billingAddress: { line1: 'x', city: 'y', postalCode: '22162', country: 'US' } },
      400,
      'invalid_request',
      '/billingAddress/region',
    ],
    [
      'an address to write to that no mail reaches',
      { customer: { name: 'A', email: 'ada@xn--zzzz9999.com' } },
      400,
      'invalid_request',
      '/customer/email',
    ],
    ['a SKU that is not sold here', { lines: [line('UNICORN')] }, 422, 'unknown_sku', '/lines/0/sku'],
    ['a SKU twice', { lines: [line('MUG-BLUE'), line('MUG-BLUE', 2)] }, 422, 'duplicate_sku', '/lines/1/sku'],
    ['a currency that is not taken', { currency: 'USD' }, 422, 'currency_not_supported'],
    ['a total that is not today’s', { expectedTotal: 3979 }, 409, 'price_changed'],
  ];

  it.each(BODIES)('%s', async (_what, changes, status, code, pointer) => {
    const response = await post(system.body(changes));
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response).toMatchObject({
      status,
      body: { status, code, type: `/problems/${code}`, title: expect.any(String) },
    });
    if (pointer !== undefined) {
      expect(response.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    }
  });

  it('names the country that is meant', async () => {
    const shippingAddress = { line1: 'x', city: 'y', postalCode: 'SW1Y 4JH', country: 'UK' };
    const { body } = await post(system.body({ shippingAddress })).expect(400);
    expect(body.errors).toEqual([
      {
        pointer: '/shippingAddress/country',
        detail: 'must be an ISO 3166-1 alpha-2 code, or XK; for United Kingdom write GB',
      },
    ]);
  });

  it('takes the total it would charge', async () => {
    const { body } = await post(system.body({ expectedTotal: 1 })).expect(409);
    expect(body.totals.total).toBe(3980);
  });

  it.each([
    ['no key', undefined, 'idempotency_key_missing'],
    ['a key with a space', 'a b', 'idempotency_key_malformed'],
    ['a key that is too long', 'k'.repeat(256), 'idempotency_key_malformed'],
  ])('%s', async (_what, key, code) => {
    const request = system.http.post('/orders').send(system.body());
    const response = await (key === undefined ? request : request.set('Idempotency-Key', key));
    expect(response).toMatchObject({ status: 400, body: { code } });
  });

  it.each([
    ['/orders/nothing', '/id'],
    ['/orders/nothing/events', '/id'],
    ['/orders/nothing/ledger', '/id'],
    ['/orders/nothing/cancellation', '/id'],
    ['/orders/nothing/payment/client-secret', '/id'],
    [`/orders/${randomUUID()}/refunds/1`, '/refundId'],
    [`/products/MUG/stock-adjustments/1`, '/adjustmentId'],
    ['/products/a%20b', '/sku'],
    ['/problems/Not-Found', '/code'],
  ])('GET %s, with its fault', async (path, pointer) => {
    const { status, body } = await system.http.get(path);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });

  it.each(
    DOCUMENTED.filter(
      ({ query, path, isForPeople }) => query.length === 0 && !path.startsWith('/webhooks/') && !isForPeople,
    ),
  )('$method $path with a query, where it takes none', async (operation) => {
    const verb = operation.method.toLowerCase() as 'get' | 'post' | 'put';
    const { status, body } = await system.http[verb](`${addressOf(operation)}?x=1&__proto__=2`);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual(['/x', '/__proto__']);
  });

  it('accepts a query from providers that sign, which may add one', async () => {
    expect((await system.http.post('/webhooks/stripe?x=1').send('{')).status).toBe(401);
  });

  it.each([
    ['GET', '/ORDERS', 404, undefined],
    ['DELETE', '/ORDERS', 404, undefined],
    ['POST', '/WEBHOOKS/stripe', 404, undefined],
    ['DELETE', '/orders', 405, 'POST, GET, HEAD'],
    ['PUT', '/docs', 405, 'GET, HEAD'],
    ['DELETE', '/openapi.json', 405, 'GET, HEAD'],
  ])('%s %s is %i', async (method, path, status, allow) => {
    const init = { method, ...(method === 'POST' && { body: '{' }) };
    const response = await fetch(`${system.url}${path}`, init);
    expect([response.status, response.headers.get('allow') ?? undefined]).toEqual([status, allow]);
  });

  it('takes an empty body in chunks for none', async () => {
    const request = system.http
      .post(`/orders/${randomUUID()}/cancellation`)
      .set('Transfer-Encoding', 'chunked');
    request.write('');
    expect((await request).status).toBe(404);
  });

  it.each([
    ['/orders/nothing', 400],
    [`/orders/${randomUUID()}`, 404],
    [`/orders/${randomUUID()}/events`, 404],
    ['/orders?status=lost', 400],
    ['/orders?limit=0', 400],
    ['/orders?cursor=%21', 400],
    ['/orders?colour=red', 400],
    ['/nowhere', 404],
  ])('GET %s', async (path, status) => {
    const response = await system.http.get(path);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ status, code: expect.any(String) });
  });
});
