import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import ts from 'typescript';
import { afterAll, afterEach, describe, expect, it } from 'vitest';

import type { CreateWebhookEndpoint, WebhookDelivery } from '#libs/client/openapi';
import { answered } from '#libs/client/shop-client';
import { verifyWebhook } from '#libs/client/webhook';
import { EventView } from '#libs/contracts/http/event.api';
import type { Database } from '#libs/persistence/database/database';

import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { openTestDatabase } from '../support/test-database.js';
import { useSystem } from '../support/use-system.js';
import { receiveWebhooks, type WebhookReceiver } from '../support/webhook-receiver.js';

const TIMEOUT = 2_000;

let system: System;
let database: Database;
useSystem(
  (opened) => {
    system = opened;
    database = openTestDatabase(system.databaseUrl);
  },
  { env: { WEBHOOK_TIMEOUT: `${TIMEOUT}ms`, WEBHOOK_ENDPOINT_CONCURRENCY: '2' } },
);

const receivers: WebhookReceiver[] = [];
const endpoints: string[] = [];
afterAll(async () => {
  await database.$disconnect();
});
afterEach(async () => {
  for (const id of endpoints.splice(0)) await system.http.delete(`/webhook-endpoints/${id}`);
  for (const each of receivers.splice(0)) await each.close();
});

async function receiver(answer?: WebhookReceiver['answer']): Promise<WebhookReceiver> {
  const made = await receiveWebhooks(answer);
  receivers.push(made);
  return made;
}
const keyed = () => ({ header: { 'Idempotency-Key': randomUUID() } });
async function subscribed(url: string, events: CreateWebhookEndpoint['events'] = ['*']) {
  const endpoint = await answered(
    system.shop.POST('/webhook-endpoints', { params: keyed(), body: { url, events } }),
  );
  endpoints.push(endpoint.id);
  return { id: endpoint.id, secret: endpoint.secret ?? '' };
}
const deliveries = async (id: string, state?: WebhookDelivery['state'][]) =>
  (
    await answered(
      system.shop.GET('/webhook-endpoints/{id}/deliveries', {
        params: { path: { id }, query: state ? { state } : {} },
      }),
    )
  ).data;
/** What waits is due now, without the pauses of the schedule. */
const hurry = async () => {
  await database.$executeRaw`UPDATE webhook_delivery SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL`;
  await database.$executeRaw`UPDATE webhook_endpoint SET resumes_at = NULL`;
};
const labelled = async () => {
  const { id } = await system.place();
  await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
  return id;
};

describe('an endpoint', () => {
  it('is sent the events of every change, as the stream tells them, signed', async () => {
    const shop = await receiver();
    const { secret } = await subscribed(shop.url);
    const order = await labelled();
    const told = ['order.placed', 'payment.captured', 'order.confirmed', 'shipment.created'];
    await eventually(
      () => shop.received.filter(({ orderId }) => orderId === order).map(({ type }) => type),
      (types) => told.every((type) => types.includes(type)),
    );
    const { data: stream } = await answered(
      system.shop.GET('/events', { params: { query: { limit: 200 } } }),
    );
    for (const { id, headers, body } of shop.received) {
      const event = verifyWebhook(body, headers, secret);
      expect(EventView.parse(event)).toEqual(stream.find((each) => each.id === id));
    }
  });

  it('shows its secret once, also to a repeat of the request', async () => {
    const shop = await receiver();
    const key = randomUUID();
    const create = () =>
      system.http
        .post('/webhook-endpoints')
        .set('Idempotency-Key', key)
        .send({ url: shop.url, events: ['order.*'] });
    const first = await create();
    endpoints.push(first.body.id);
    expect(first).toMatchObject({
      status: 201,
      headers: { location: `/webhook-endpoints/${first.body.id}` },
      body: { secret: expect.stringMatching(/^whsec_/), status: 'enabled', disabledReason: null },
    });
    expect(await create()).toMatchObject({ status: 201, body: { id: first.body.id, secret: null } });
    const read = await system.http.get(`/webhook-endpoints/${first.body.id}`);
    expect(Object.keys(read.body)).not.toContain('secret');
    const list = await system.http.get('/webhook-endpoints').query({ limit: 1 });
    expect(list.body).toMatchObject({ data: [{ id: first.body.id }], nextCursor: null });
    const { sealed } = await database.webhookSecret.findFirstOrThrow();
    expect(sealed).not.toContain(first.body.secret.slice(6));
  });

  it.each([
    ['http://93.184.216.34/', 'an address that is public'],
    ['https://10.0.0.1/', 'an address that is public'],
    ['https://user:pass@shop.example/', 'no user'],
  ])('is not made for %s', async (url, detail) => {
    const answer = await system.http
      .post('/webhook-endpoints')
      .set('Idempotency-Key', randomUUID())
      .send({ url, events: ['*'] });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        code: 'webhook_url_not_allowed',
        errors: [{ pointer: '/url', detail: expect.stringContaining(detail) }],
      },
    });
  });

  it('is sent nothing again of a period that ends before it begins', async () => {
    const { id } = await subscribed('https://shop.example/', ['order.placed']);
    const answer = await system.http
      .post(`/webhook-endpoints/${id}/replays`)
      .set('Idempotency-Key', randomUUID())
      .send({ since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'replay_period_invalid', errors: [{ pointer: '/until' }] },
    });
  });

  it('is not changed by a request that changes nothing', async () => {
    const { id } = await subscribed('https://shop.example/', ['order.placed']);
    for (const body of [undefined, {}])
      expect(await system.http.patch(`/webhook-endpoints/${id}`).send(body)).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ detail: 'must change something' }] },
      });
  });

  it('is connected to at no private address, whatever its URL says by then', async () => {
    const { id } = await subscribed('https://shop.example/', ['order.placed']);
    await database.webhookEndpoint.update({ where: { id }, data: { url: 'http://10.255.255.1:9/' } });
    await system.http.post(`/webhook-endpoints/${id}/test-event`);
    const [failed] = await eventually(
      () => deliveries(id),
      ([delivery]) => delivery?.attempts === 1,
    );
    expect(failed?.history).toMatchObject([{ failure: 'address', status: null, answer: null }]);
  });

  it('is tried again until it accepts, with the same id and a new time, and is not redirected', async () => {
    const other = await receiver();
    const shop = await receiver((response, nth) => {
      if (nth === 1) response.writeHead(500).end('Not\u0000 now\n');
      else if (nth === 2) response.writeHead(307, { location: other.url }).end();
      else response.writeHead(204).end();
    });
    const { id, secret } = await subscribed(shop.url, ['order.erased']);
    const test = await system.http.post(`/webhook-endpoints/${id}/test-event`);
    expect(test.status).toBe(201);
    for (const attempts of [1, 2]) {
      await eventually(
        () => deliveries(id),
        ([delivery]) => delivery?.attempts === attempts,
      );
      await hurry();
    }
    const [done] = await eventually(
      () => deliveries(id, ['succeeded']),
      (found) => found.length === 1,
    );
    expect(done).toMatchObject({
      id: test.body.id,
      type: 'webhook.test',
      attempts: 3,
      history: [
        { number: 1, status: 500, failure: 'status', answer: 'Not now' },
        { number: 2, status: 307, failure: 'redirect', answer: null },
        { number: 3, status: 204, failure: null },
      ],
    });
    expect(other.received).toEqual([]);
    expect(new Set(shop.received.map((message) => message.id))).toEqual(new Set([done?.eventId]));
    for (const { body, headers } of shop.received)
      expect(verifyWebhook(body, headers, secret)).toMatchObject({ type: 'webhook.test' });
    expect(system.log.join('\n')).not.toContain('not-to-be-logged');
  });

  it('that does not answer holds up no other', async () => {
    const silent = await receiver(() => undefined);
    const shop = await receiver();
    const { id: slow } = await subscribed(silent.url);
    await subscribed(shop.url);
    const orders = await Promise.all([labelled(), labelled(), labelled()]);
    await eventually(
      () => shop.received.filter(({ orderId }) => orders.includes(orderId ?? '')).length,
      (count) => count >= 4 * orders.length,
    );
    const { data: stream } = await answered(
      system.shop.GET('/events', { params: { query: { limit: 200 } } }),
    );
    const delays = shop.received.map(
      ({ id, at }) => at - Date.parse(stream.find((event) => event.id === id)?.time ?? ''),
    );
    expect(Math.max(...delays)).toBeLessThan(TIMEOUT);
    const [late] = await eventually(
      () => deliveries(slow),
      (all) => all.some(({ attempts }) => attempts > 0),
    ).then((all) => all.filter(({ attempts }) => attempts > 0));
    expect(late?.history[0]).toMatchObject({ failure: 'timeout', status: null });
  });

  it('gets a delivery again, with the same id, where the worker was killed before it knew the answer', async () => {
    const shop = await receiver((response, nth) => {
      if (nth > 1) response.writeHead(204).end();
    });
    const { id } = await subscribed(shop.url, ['order.placed']);
    await system.place();
    await eventually(
      () => shop.received,
      ({ length }) => length === 1,
    );
    await system.kill('worker');
    await system.startWorker();
    const [done] = await eventually(
      () => deliveries(id, ['succeeded']),
      (found) => found.length === 1,
    );
    expect(shop.received.map((message) => message.id)).toEqual([done?.eventId, done?.eventId]);
    // The killed worker recorded nothing.
    expect(done).toMatchObject({ attempts: 1 });
  });

  it('is sent nothing while it is disabled; then what waited, and by a replay what happened meanwhile', async () => {
    const shop = await receiver();
    const { id } = await subscribed(shop.url, ['order.placed']);
    const change = (status: 'enabled' | 'disabled') =>
      answered(system.shop.PATCH('/webhook-endpoints/{id}', { params: { path: { id } }, body: { status } }));
    const { disabledAt } = await change('disabled');
    const refused = await system.http.post(`/webhook-endpoints/${id}/test-event`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'webhook_endpoint_disabled' } });
    const order = await labelled();
    expect(shop.received).toEqual([]);
    await change('enabled');
    const params = { path: { id }, ...keyed() };
    const body = { since: disabledAt ?? '' };
    const replay = await answered(system.shop.POST('/webhook-endpoints/{id}/replays', { params, body }));
    await eventually(
      () => shop.received.map(({ orderId }) => orderId),
      (orders) => orders.includes(order),
    );
    const repeated = await answered(system.shop.POST('/webhook-endpoints/{id}/replays', { params, body }));
    expect(repeated.id).toBe(replay.id);
    const [first] = await eventually(
      () => deliveries(id, ['succeeded']),
      ({ length }) => length > 0,
    );
    const redelivered = await system.http.post(`/webhook-endpoints/${id}/deliveries/${first?.id}/redelivery`);
    expect(redelivered).toMatchObject({ status: 200, body: { state: 'waiting' } });
    await eventually(
      () => shop.received.map((message) => message.id),
      (ids) => ids.filter((each) => each === first?.eventId).length === 2,
    );
  });

  it('is signed for with both secrets while one replaces the other', async () => {
    const shop = await receiver();
    const { id, secret } = await subscribed(shop.url, ['order.erased']);
    const rotated = await answered(
      system.shop.POST('/webhook-endpoints/{id}/secret-rotation', {
        params: { path: { id }, ...keyed() },
        body: {},
      }),
    );
    await system.http.post(`/webhook-endpoints/${id}/test-event`);
    const [message] = await eventually(
      () => shop.received,
      ({ length }) => length === 1,
    );
    if (!message) throw new Error('nothing came');
    for (const each of [secret, rotated.secret ?? ''])
      expect(verifyWebhook(message.body, message.headers, each)).toMatchObject({ type: 'webhook.test' });
  });
});

it('the receiver of docs/integrating.md takes what is sent, and rejects what is not', async () => {
  const page = readFileSync('docs/integrating.md', 'utf8');
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const imports = (blocks[0] ?? '').split('\n').filter((line) => /^import (?!type)/.test(line));
  const block = blocks.find((text) => text.includes('function receiver(')) ?? '';
  const client = pathToFileURL(resolve('dist/libs/client')).href;
  const source = [...imports, `export ${block.slice(block.indexOf('function receiver('))}`]
    .join('\n')
    .replaceAll(
      /'@order-processing\/client(\/\w[\w-]*)?'/g,
      (_, part = '/shop-client') => `'${client}${part}.js'`,
    );
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-receiver-'));
  const file = join(folder, 'receiver.mjs');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(file, outputText.replace(/^import .*openapi-fetch.*$/gm, ''));
  const changed: string[] = [];
  const {
    receiver: start,
  }: { receiver: (secrets: string[], changed: (id: string) => Promise<void>) => Server } = await import(
    pathToFileURL(file).href
  );
  const secrets: string[] = [];
  const server = start(secrets, async (id) => void changed.push(id));
  try {
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    const { id, secret } = await subscribed(url, ['order.placed']);
    secrets.push(secret);
    const order = await labelled();
    await eventually(
      () => changed,
      (orders) => orders.includes(order),
    );
    await system.http.post(`/webhook-endpoints/${id}/test-event`);
    await eventually(
      () => deliveries(id, ['succeeded']),
      ({ length }) => length === 2,
    );
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400);
    expect(changed).toEqual([order]);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => void server.close(closed));
    rmSync(folder, { recursive: true });
  }
});
