import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { carrierHeaders } from '../../../dev/sandbox/test-sandbox.js';
import { addressOf, DOCUMENTED } from '../../support/documented-operations.js';
import { eventually } from '../../support/eventually.js';
import { listen } from '../../support/listener.js';
import { emailOf } from '../../support/orders.js';
import { useSharedSystem } from '../../support/shared-systems.js';
import type { System } from '../../support/system.js';

describe('the attack surface', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  const anonymous = () => supertest(system.url);
  /** Sends raw lines to the API on a separate connection, and reads the whole answer. */
  async function said(...lines: readonly string[]): Promise<string> {
    const { hostname, port } = new URL(system.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
    return text(socket);
  }

  // The API takes no addresses to call: no field is one, and none is followed. It calls only what the environment names.
  describe('API7:2023 Server Side Request Forgery', () => {
    it('calls no address that stands in any field, from the order to the last mail', async () => {
      const trap = await listen();
      const [home, address] = [`${trap.url}/home`, `${trap.url}/anything`];
      const keyed = (path: string) => system.http.post(path).set('Idempotency-Key', randomUUID());
      try {
        const { id } = await system.place({
          customer: { id: home, name: home, email: `trap-${randomUUID()}@example.com` },
          shippingAddress: {
            line1: home,
            line2: `<img src="${home}">`,
            city: home,
            postalCode: 'SY23 4AG',
            region: home,
            country: 'GB',
            phone: home,
          },
        });
        await system.carrierSays(id, 'delivered');
        const delivered = await system.until(id, ({ status }) => status === 'delivered');
        const [, notice] = await eventually(
          () => system.inbox.to(emailOf(delivered)),
          (mails) => mails.length === 2,
        );
        expect(notice?.html).not.toContain(`<img src="${home}`);
        await system.http
          .put('/products/TRAP')
          .send({ name: address, currency: 'EUR', unitPrice: 1, sellable: true });
        await keyed('/products/TRAP/stock-adjustments').send({ quantity: 1, reason: address }).expect(201);
        const resolution = `/orders/${id}/attention/${randomUUID()}/resolution`;
        await system.http.post(resolution).send({ action: 'retry', note: address });
        await system.http
          .post(`/reconciliation/discrepancies/${randomUUID()}/acknowledgement`)
          .send({ note: address });
        await keyed(`/orders/${id}/payment-attempts`).send({ method: address }).expect(400);
        for (const name of ['customer', 'trackingNumber'])
          await system.http
            .get('/orders')
            .query({ [name]: address })
            .expect(200);
        const event = JSON.stringify({
          type: 'shipment.delivered',
          trackingNumber: address,
          occurredAt: new Date().toISOString(),
          url: address,
        });
        await anonymous()
          .post('/webhooks/deliveries')
          .set(carrierHeaders(event, randomUUID()))
          .send(event)
          .expect(202);
        for (const header of [
          'Referer',
          'Origin',
          'X-Forwarded-Host',
          'X-Original-URL',
          'Forwarded',
          'Callback',
        ])
          await anonymous().get('/health/live').set(header, address).expect(200);
        const { host } = new URL(address);
        expect(await said(`GET ${address} HTTP/1.1`, `Host: ${host}`)).not.toMatch(/^HTTP\/1.1 [23]/);
        expect(await said(`GET /problems HTTP/1.1`, `Host: ${host}`)).not.toContain(host);
        expect(trap.connections()).toBe(0);
      } finally {
        await trap.close();
      }
    });
  });

  describe('API8:2023 Security Misconfiguration', () => {
    it.each(['TRACE', 'TRACK', 'DEBUG', 'PROPFIND', 'DELETE', 'PATCH', 'CONNECT'])(
      'has no use for %s',
      async (method) => {
        const target = method === 'CONNECT' ? 'example.com:80' : '/orders';
        const secret = 'X-Secret: not-to-be-echoed';
        const answer = await said(`${method} ${target} HTTP/1.1`, 'Host: a', 'X-Request-Id: odd', secret);
        expect(answer).toMatch(/^HTTP\/1.1 (400|405) [^]*"code":"(malformed_request|method_not_allowed)"/);
        expect(answer).not.toContain('not-to-be-echoed');
      },
    );

    it('accepts no method override from a header or a query', async () => {
      for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
        await system.http.get('/products/GIFT').set(name, 'PUT').expect(200);
      expect((await system.http.get('/orders?_method=POST')).status).toBe(400);
    });

    it('names its software in no answer', async () => {
      const paths = ['/orders', '/orders/%ff', '/nowhere', '/products/a%00b', '/problems/x'];
      for (const path of paths)
        for (const agent of [anonymous(), system.http]) {
          const { headers, text: body } = await agent.get(path);
          for (const header of ['x-powered-by', 'server', 'x-aspnet-version', 'via'])
            expect(headers, path).not.toHaveProperty(header);
          expect(body).not.toMatch(/node_modules|\bat .+:\d+:\d+|express|prisma|postgres|SELECT /i);
          expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
        }
    });

    it('does not begin without its secrets, and names every one that is missing', async () => {
      const complaint = async (app: 'api' | 'worker') => {
        const file = fileURLToPath(new URL(`../../../dist/apps/${app}/main.js`, import.meta.url));
        const env = { PATH: process.env['PATH'], NODE_ENV: 'production', DATABASE_URL: system.databaseUrl };
        const child = spawn(process.execPath, [file], { cwd: tmpdir(), env });
        const [complaints, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
        expect(code).toBe(1);
        return complaints.match(/\w+(?= is not set)/g);
      };
      expect(await Promise.all([complaint('api'), complaint('worker')])).toEqual([
        expect.arrayContaining(['CARRIER_SECRET', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET']),
        expect.arrayContaining(['STRIPE_SECRET_KEY']),
      ]);
    });
    // Headers, CORS and the silence of a 500: test/e2e/api-access.test.ts.
  });

  describe('API9:2023 Improper Inventory Management', () => {
    it('serves the document that is committed', async () => {
      const { body } = await anonymous().get('/openapi.json').expect(200);
      expect(body).toEqual(JSON.parse(readFileSync('openapi.json', 'utf8')));
    });

    it('has no route that the document has not, and every one it has', () => {
      // Nest's router logs each route it makes; an API that an earlier file restarted has logged them again.
      const routes = system.log.flatMap((line) => {
        const [, path, method] = /Mapped \{([^,]+), ([A-Z]+)\} route/.exec(line) ?? [];
        return path === undefined ? [] : [`${method} ${path.replace(/:(\w+)/g, '{$1}')}`];
      });
      expect([...new Set(routes)].toSorted()).toEqual(
        DOCUMENTED.map(({ method, path }) => `${method} ${path}`).sort(),
      );
    });

    it('answers at every address of the document', async () => {
      for (const operation of DOCUMENTED.filter(({ method }) => method === 'GET')) {
        const { status, body } = await system.http.get(addressOf(operation));
        // A missing object has its own code; an unknown address has none.
        const isThere = status === 200 || operation.path === '/problems/{code}' || body.code !== 'not_found';
        expect(isThere, operation.path).toBe(true);
      }
    });

    it.each([
      ...['/docs-json', '/docs-yaml', '/swagger', '/api', '/v1/orders', '/v2/orders', '/internal', '/admin'],
      ...[
        '/metrics',
        '/debug',
        '/debug/pprof',
        '/actuator/health',
        '/graphql',
        '/health',
        '/status',
        '/.env',
      ],
      ...['/.git/config', '/package.json', '/docs/../package.json', '/docs/%2e%2e/package.json', '/test'],
      ...[
        '/sandbox/faults',
        '/v1/payment_intents',
        '/shipments',
        '/webhooks',
        '/webhooks/carrier',
        '/customers',
      ],
    ])('has nothing at %s', async (path) => {
      const answer = await said(`GET ${path} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${system.key}`);
      expect(answer).toMatch(/^HTTP\/1.1 404 [^]*"code":"not_found"/);
    });
  });
});
