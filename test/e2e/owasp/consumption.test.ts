import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { carrierHeaders } from '../../../dev/sandbox/test-sandbox.js';
import { addressOf, DOCUMENTED, titled } from '../../support/documented-operations.js';
import type { System } from '../../support/system.js';
import { useSystem } from '../../support/use-system.js';

const LIMIT = 64 * 1024;

describe('the resources of one caller', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    { env: { RESERVATION_TTL: '4s', PAYMENT_WINDOW: '3s', REQUEST_TIMEOUT: '3s' } },
  );

  const post = (path = '/orders') =>
    system.http.post(path).set('Idempotency-Key', randomUUID()).set('Content-Type', 'application/json');

  describe('API4:2023 Unrestricted Resource Consumption', () => {
    const taking = titled(({ body, path }) => body !== null && path !== '/webhooks/stripe');

    it.each(taking)('%s reads 64 KiB of a body, and no more', async (_title, operation) => {
      const verb = operation.method.toLowerCase() as 'post' | 'put';
      const send = async (bytes: number) => {
        const request = system.http[verb](addressOf(operation)).set('Content-Type', 'application/json');
        return request.send(`{"x":"${'x'.repeat(bytes - 8)}"}`);
      };
      expect((await send(LIMIT)).status).not.toBe(413);
      expect(await send(LIMIT + 1)).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    });

    it('reads a payment event of 512 KiB, which carries evidence, and no more', async () => {
      const send = (bytes: number) => post('/webhooks/stripe').send(`{"x":"${'x'.repeat(bytes - 8)}"}`);
      expect((await send(512 * 1024)).status).toBe(401);
      expect((await send(512 * 1024 + 1)).status).toBe(413);
    });

    it.each(['/orders', '/webhooks/deliveries', '/webhooks/stripe'])(
      'decompresses no more than that for %s, however little was sent',
      async (path) => {
        const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
        expect(bomb.length).toBeLessThan(LIMIT);
        const request = post(path).set('Content-Encoding', 'gzip');
        request.write(bomb);
        expect(await request).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
      },
    );

    it('takes a packed body that is small enough', async () => {
      const request = post().set('Content-Encoding', 'gzip');
      request.write(gzipSync(JSON.stringify(system.body())));
      expect((await request).status).toBe(202);
    });

    it('counts a body without a declared length', async () => {
      const { hostname, port } = new URL(system.url);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      const head = [
        'POST /orders HTTP/1.1',
        'Host: a',
        `Authorization: Bearer ${system.key}`,
        'Content-Type: application/json',
        'Connection: close',
      ];
      socket.write([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
      const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
      socket.on('error', () => {});
      for (let sent = 0; sent < 6; sent += 1) socket.write(chunk);
      socket.write('0\r\n\r\n');
      expect(await text(socket)).toMatch(/^HTTP\/1.1 413 [^]*"code":"body_too_large"/);
    });

    it('bounds what an order may hold, and what a list may give', async () => {
      const lines = (count: number, quantity = 1) =>
        Array.from({ length: count }, (_, n) => ({ sku: `SKU-${n}`, quantity }));
      for (const [changes, pointer] of [
        [{ lines: lines(101) }, '/lines'],
        [{ lines: lines(1, 1_001) }, '/lines/0/quantity'],
        [{ customer: { name: 'x'.repeat(201), email: 'a@example.com' } }, '/customer/name'],
      ] as const) {
        const { status, body } = await post().send(system.body(changes));
        expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
      }
      for (const { path } of DOCUMENTED.filter(({ query }) => query.includes('limit')))
        for (const limit of [
          '0',
          '-1',
          '201',
          '1e3',
          '1e1',
          ' 1',
          '1000000000',
          '999999999999999999999',
          'all',
          '',
        ]) {
          const { status, body } = await system.http.get(path).query({ limit });
          expect([status, body.errors?.[0].pointer], `${path} ${limit}`).toEqual([400, '/limit']);
        }
    });

    it('reports at most 200 of a body’s faults', async () => {
      const fields = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`f${n}`, n]));
      const { body, text: answer } = await post().send(fields);
      expect(body.errors).toHaveLength(200);
      expect(answer.length).toBeLessThan(LIMIT);
    });

    it('has no text that takes long to check', async () => {
      const began = performance.now();
      const tough = [
        'a@'.repeat(120),
        `${'a.'.repeat(120)}@`,
        `${' '.repeat(199)}\u0000`,
        '\u200b'.repeat(200),
      ];
      for (const value of tough) {
        const customer = { name: value, email: value };
        expect((await post().send(system.body({ customer }))).status).toBe(400);
        expect((await system.http.get('/orders').query({ email: value })).status).toBe(400);
      }
      for (const header of [`"${'\\"'.repeat(7_000)}`, '"'.repeat(14_999), ' '.repeat(15_000)])
        expect((await post().set('Prefer', `${header}x`).send({})).status).toBe(400);
      expect(performance.now() - began).toBeLessThan(5_000);
    });
    // Rates, connections and slow clients: test/e2e/api-access.test.ts, apps/api/platform/server/http-server.test.ts.
  });

  // Who a shopper is, and how many they may buy, the shop knows: it holds the key, and the service counts by key. Here
  // it is tested that no goods are reserved for long without a payment, and that no effect happens twice.
  describe('API6:2023 Unrestricted Access to Sensitive Business Flows', () => {
    it('reserves unpaid goods no longer than RESERVATION_TTL', async () => {
      const lines = [{ sku: 'LAST-ONE', quantity: 1 }];
      const hoarder = await system.place({ lines, payment: { method: 'pm_card_threeDSecure2Required' } });
      await system.until(hoarder.id, ({ payment }) => payment === 'requires_action');
      const late = await system.place({ lines });
      expect(await system.until(late.id, ({ status }) => status === 'rejected')).toMatchObject({
        endReason: { code: 'out_of_stock' },
      });
      expect(await system.until(hoarder.id, ({ status }) => status === 'rejected')).toMatchObject({
        payment: 'voided',
        fulfilment: 'released',
      });
      const next = await system.place({ lines });
      expect(await system.until(next.id, ({ fulfilment }) => fulfilment === 'ready')).toMatchObject({
        payment: 'captured',
      });
    });

    it('makes one order of one key, though a hundred are sent', async () => {
      const body = system.body();
      const key = randomUUID();
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => system.http.post('/orders').set('Idempotency-Key', key).send(body)),
      );
      const ids = new Set(answers.flatMap((answer) => (answer.status === 202 ? [answer.body.id] : [])));
      expect(ids.size).toBe(1);
      const { body: list } = await system.http.get('/orders').query({ email: body.customer.email });
      expect(list.data).toHaveLength(1);
    });

    it('charges no card twice during one attempt, and makes no attempt without a request', async () => {
      const { id } = await system.place();
      await system.until(id, ({ payment }) => payment === 'captured');
      const again = await post(`/orders/${id}/payment-attempts`).send({ method: 'pm_card_visa' });
      expect(again.body).toMatchObject({ status: 409, code: 'payment_attempt_not_possible' });
      expect((await system.charges())[id]).toBe(1);
    });

    it('accepts a delivery or a payment only from a provider that signs its report', async () => {
      const { id } = await system.place();
      const { shipments } = await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
      const event = (type: string) =>
        JSON.stringify({
          type,
          trackingNumber: shipments[0]?.trackingNumber,
          occurredAt: new Date().toISOString(),
        });
      const delivered = event('shipment.delivered');
      const signed = carrierHeaders(delivered, randomUUID());
      const old = carrierHeaders(delivered, randomUUID(), new Date(Date.now() - 600_000));
      const tell = (headers: Record<string, string>, body: string) =>
        supertest(system.url).post('/webhooks/deliveries').set(headers).send(body);
      const forged = [
        tell({ ...signed, 'webhook-id': randomUUID() }, delivered),
        tell(signed, event('shipment.returned')),
        tell(old, delivered),
        tell({ 'Content-Type': 'application/json' }, delivered),
      ];
      for (const request of forged)
        expect((await request).body).toMatchObject({ status: 401, code: 'invalid_signature' });
      expect(await system.order(id)).toMatchObject({ status: 'confirmed', fulfilment: 'ready' });
    });
  });
});
