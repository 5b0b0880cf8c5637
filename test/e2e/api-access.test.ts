import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';
import supertest from 'supertest';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

const RATE_LIMIT = 20;
const ORIGIN = 'https://backoffice.shop.example';

describe('access to the API', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    {
      worker: false,
      env: {
        RATE_LIMIT: String(RATE_LIMIT),
        REQUEST_TIMEOUT: '3s',
        CORS_ORIGINS: ORIGIN,
        TRUSTED_PROXIES: 'loopback',
      },
    },
  );

  const as = (key: string) => supertest.agent(system.url).set('Authorization', `Bearer ${key}`);
  const anonymous = () => supertest(system.url);
  /** The statuses that so many calls at once are answered with, and how often each. */
  async function statuses(calls: number, call: () => PromiseLike<{ status: number }>) {
    const counts: Record<number, number> = {};
    for (const { status } of await Promise.all(Array.from({ length: calls }, call)))
      counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
  /** Sends raw lines to the API on a connection, and reads the whole answer. */
  async function said(...lines: readonly string[]): Promise<string> {
    const { hostname, port } = new URL(system.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(lines.join('\r\n'));
    return text(socket);
  }

  describe('a key', () => {
    it('opens nothing soon after it is revoked', async () => {
      const key = await system.store.apiKeys.create('leaving', ['read']);
      await as(key).get('/orders').expect(200);
      const { id = '' } = (await system.store.apiKeys.list()).find((k) => k.service === 'leaving') ?? {};
      await system.store.apiKeys.revoke(id);
      await eventually(
        () => as(key).get('/orders'),
        ({ status }) => status === 401,
      );
    });

    it('opens nothing soon after it expires', async () => {
      const expiresAt = new Date(Date.now() + 1_500);
      const key = await system.store.apiKeys.create('late', ['read'], expiresAt);
      await as(key).get('/orders').expect(200);
      const { body, headers } = await eventually(
        () => as(key).get('/orders'),
        ({ status }) => status === 401,
      );
      expect(body).toMatchObject({ code: 'unauthenticated' });
      expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    });
  });

  describe('too many requests', () => {
    // Each test calls from an address of its own, as a trusted proxy names it: what one took of a second the next still has.
    let address = '198.51.100.0';
    let turn = 0;
    beforeEach(() => {
      address = `198.51.100.${(turn += 1)}`;
    });
    const stranger = () => supertest.agent(system.url).set('X-Forwarded-For', address);

    it('of a service are refused, whichever of its keys they come with, and others are served', async () => {
      const [one, two, other] = [
        await system.store.apiKeys.create('busy', ['read']),
        await system.store.apiKeys.create('busy', ['read', 'write']),
        await system.store.apiKeys.create('calm', ['read']),
      ];
      let calls = 0;
      const counts = await statuses(RATE_LIMIT * 4, () => as(calls++ % 2 ? one : two).get('/orders'));
      expect(counts[200]).toBeGreaterThanOrEqual(RATE_LIMIT);
      expect(counts[429]).toBeGreaterThan(0);
      const refused = await Promise.all(Array.from({ length: RATE_LIMIT * 4 }, () => as(one).get('/orders')));
      expect(refused.find(({ status }) => status === 429)).toMatchObject({
        headers: { 'retry-after': '1', 'content-type': expect.stringMatching(/^application\/problem\+json/) },
        body: { code: 'rate_limited', status: 429, type: '/problems/rate_limited' },
      });
      await as(other).get('/orders').expect(200);
      await pause(1_000);
      await as(one).get('/orders').expect(200);
    });

    it('without a valid key are refused by address, and a caller with a key is served', async () => {
      const counts = await statuses(RATE_LIMIT * 4, () =>
        stranger().get('/orders').set('Authorization', 'Bearer op_guess'),
      );
      expect(counts[401]).toBeGreaterThanOrEqual(RATE_LIMIT);
      expect(counts[429]).toBeGreaterThan(0);
      await system.http.get('/orders').expect(200);
    });

    it.each(['/problems', '/docs', '/openapi.json'])('of %s are refused', async (path) => {
      const counts = await statuses(RATE_LIMIT * 4, () => stranger().get(path));
      expect(counts[200]).toBeGreaterThan(0);
      expect(counts[429]).toBeGreaterThan(0);
    });

    const tooLong = `{"x":"${'x'.repeat(70_000)}"}`;
    it.each([
      ['/nowhere', 'GET', '', 404],
      ['/orders', 'DELETE', '', 405],
      ['/docs', 'PUT', '', 405],
      ['/orders', 'POST', '{', 401],
      ['/orders', 'POST', tooLong, 401],
      ['/nowhere', 'POST', tooLong, 404],
    ])(
      'without a key of %s are refused, whatever else is wrong with %s %.5s',
      async (path, method, sent, status) => {
        const [verb, headers] = [
          method,
          { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
        ] as const;
        const body = sent || undefined;
        const counts = await statuses(RATE_LIMIT * 4, () =>
          fetch(`${system.url}${path}`, { method: verb, headers, body }),
        );
        expect(Object.keys(counts)).toEqual([String(status), '429']);
        // How many are refused depends on how many seconds the calls took.
        expect(counts[status]).toBeGreaterThanOrEqual(RATE_LIMIT);
        expect(counts[429]).toBeGreaterThan(0);
      },
    );

    it('of a service are counted once, though they are refused', async () => {
      const key = await system.store.apiKeys.create('clumsy', ['read', 'write']);
      const bad = () => as(key).post('/orders').set('Content-Type', 'application/json').send('{');
      expect(await statuses(RATE_LIMIT, bad)).toEqual({ 400: RATE_LIMIT });
      expect(await statuses(RATE_LIMIT, () => stranger().get('/nowhere'))).toEqual({ 404: RATE_LIMIT });
    });

    it('behind a trusted proxy are counted by the source that the proxy names', async () => {
      let others = 0;
      const from = (forwarded: () => string) => () =>
        anonymous().get('/problems').set('X-Forwarded-For', forwarded());
      const spread = from(() => `192.0.2.${others++}`);
      expect(await statuses(RATE_LIMIT * 4, spread)).toEqual({ 200: RATE_LIMIT * 4 });
      // The entries before the proxy's own come from the client, and can be invented.
      const one = from(() => `192.0.2.${others++}, ${address}`);
      expect((await statuses(RATE_LIMIT * 4, one))[429]).toBeGreaterThan(0);
    });

    it('are not limited for a probe, or for a provider', async () => {
      expect(await statuses(RATE_LIMIT * 3, () => anonymous().get('/health/live'))).toEqual({
        200: RATE_LIMIT * 3,
      });
      expect(await statuses(RATE_LIMIT * 3, () => anonymous().post('/webhooks/deliveries'))).toEqual({
        401: RATE_LIMIT * 3,
      });
    });
  });

  describe('a browser', () => {
    it.each(['/orders', '/nowhere', '/problems', '/docs', '/openapi.json', '/health/live'])(
      'gets the security headers of %s',
      async (path) => {
        const { headers } = await anonymous().get(path);
        expect(headers).toMatchObject({
          'content-security-policy': expect.stringContaining("default-src 'none'"),
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
        });
        expect(headers).not.toHaveProperty('x-powered-by');
        expect(headers).not.toHaveProperty('etag');
      },
    );

    it('gets a page of /docs that keeps to it', async () => {
      const { text: page } = await anonymous().get('/docs').expect(200);
      expect(page).toContain('swagger-ui-init.js');
      expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|(src|href)=["']?(https?:)?\/\//);
      await anonymous().get('/docs/swagger-ui-bundle.js').expect(200);
      await anonymous().get('/docs/swagger-ui.css').expect(200);
    });

    it('may read answers on a page of an origin that is configured, and on no other', async () => {
      const ask = (origin: string) =>
        anonymous()
          .options('/orders')
          .set({ Origin: origin, 'Access-Control-Request-Method': 'POST' })
          .set('Access-Control-Request-Headers', 'authorization,idempotency-key');
      const { headers } = await ask(ORIGIN).expect(204);
      expect(headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, vary: expect.any(String) });
      expect(headers['access-control-allow-headers']).toContain('Idempotency-Key');
      const { headers: others } = await ask('https://elsewhere.example');
      expect(others).not.toHaveProperty('access-control-allow-origin');
    });
  });

  describe('a request', () => {
    it.each([
      ['/health/live', 200],
      ['/nowhere', 404],
      ['/orders', 401],
    ])('for %s is answered under the id it came with', async (path, status) => {
      const response = await anonymous().get(path).set('X-Request-Id', 'shop:{42}').expect(status);
      expect(response.headers['x-request-id']).toBe('shop:{42}');
      if (status >= 400) expect(response.body).toMatchObject({ requestId: 'shop:{42}' });
    });

    it('with an id that cannot be used is given another', async () => {
      const { headers } = await anonymous().get('/health/live').set('X-Request-Id', 'x'.repeat(129));
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('without a host, or with too many headers, is refused', async () => {
      const nowhere = await said('GET /health/live HTTP/1.1', 'Connection: close', '', '');
      expect(nowhere).toMatch(/^HTTP\/1.1 400 [^]*"code":"malformed_request"/);
      const many = Array.from({ length: 120 }, (_, n) => `X-${n}: y`);
      const long = await said('GET /health/live HTTP/1.1', 'Host: a', 'Connection: close', ...many, '', '');
      expect(long).toMatch(/^HTTP\/1.1 431 [^]*"code":"headers_too_large"/);
    });

    it('whose body never ends is cut off, while others are served', async () => {
      const lines = ['POST /orders HTTP/1.1', 'Host: a', 'Content-Type: application/json'];
      const keys = await Promise.all(
        Array.from({ length: 5 }, (_, n) => system.store.apiKeys.create(`slow-${n}`, ['write'])),
      );
      const slow = Array.from({ length: 50 }, (_, n) =>
        said(
          ...lines,
          `Authorization: Bearer ${keys[n % keys.length]}`,
          'Content-Length: 1000',
          '',
          '{"lines":',
        ),
      );
      for (let n = 0; n < 10; n += 1) await system.http.get('/orders').expect(200);
      for (const answer of await Promise.all(slow))
        expect(answer).toMatch(/^HTTP\/1.1 408 [^]*X-Request-Id: [^]*"code":"request_timeout"/);
    });

    it.each(['/problems', '/health/live', '/docs', '/openapi.json'])(
      'for %s is answered, whatever its body, and so is the next one of its connection',
      async (path) => {
        for (const body of ['{', ' '.repeat(70_000), ' '.repeat(1_000_000)]) {
          const head = [`GET ${path} HTTP/1.1`, 'Host: a', 'Content-Type: application/json'];
          const next = ['GET /health/live HTTP/1.1', 'Host: a', 'Connection: close', '', ''];
          const answer = await said(...head, `Content-Length: ${body.length}`, '', body + next.join('\r\n'));
          expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
        }
      },
    );

    it('without a key, whose body never ends, is answered at once and its connection cut off in time', async () => {
      const head = ['POST /orders HTTP/1.1', 'Host: a', 'Content-Type: application/json'];
      const answer = await said(...head, 'Content-Length: 1000', '', '{');
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
    });

    it('that fails because of us gets only its id, under which the log has the cause', async () => {
      const database = new pg.Client({ connectionString: system.databaseUrl });
      await database.connect();
      try {
        await database.query('ALTER TABLE orders RENAME TO orders_renamed');
        const { body, headers } = await system.http
          .get('/orders/019b7654-0000-7000-8000-000000000001')
          .set('X-Request-Id', 'request-that-fails')
          .expect(500);
        expect(body).toEqual({
          type: '/problems/internal_error',
          title: 'Something went wrong here',
          status: 500,
          detail: expect.stringMatching(/^The fault is ours/),
          instance: '/orders/019b7654-0000-7000-8000-000000000001',
          code: 'internal_error',
          requestId: 'request-that-fails',
        });
        expect(headers['x-request-id']).toBe('request-that-fails');
        const [line = ''] = await eventually(
          () => system.log.filter((logged) => logged.includes('request-that-fails')),
          (lines) => lines.length > 0,
        );
        expect(JSON.parse(line)).toMatchObject({
          level: 50,
          reqId: 'request-that-fails',
          err: expect.anything(),
        });
      } finally {
        await database.query('ALTER TABLE orders_renamed RENAME TO orders');
        await database.end();
      }
    });
  });

  describe('with other settings', () => {
    beforeAll(async () => {
      await system.stop('api');
      await system.startApi({ TRUSTED_PROXIES: '', CORS_ORIGINS: '' });
    });

    it('without a trusted proxy, too many are counted by their real source, whatever their headers claim', async () => {
      let turn = 0;
      const elsewhere = () => anonymous().get('/problems').set('X-Forwarded-For', `198.51.100.${turn++}`);
      expect((await statuses(RATE_LIMIT * 4, elsewhere))[429]).toBeGreaterThan(0);
    });

    it('no page of any origin may read answers where none is configured', async () => {
      const { headers } = await anonymous().get('/health/live').set('Origin', ORIGIN);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    });
  });
});
