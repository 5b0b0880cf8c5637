import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

import pg from 'pg';
import { describe, expect, it } from 'vitest';

import { followEvents } from '#libs/client/follow-events';
import type { Event } from '#libs/client/openapi';
import { answered } from '#libs/client/shop-client';

import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/scrape.js';
import { StreamReader } from '../support/stream-reader.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

const PER_SERVICE = 4;

describe('an event stream', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    {
      env: {
        MAX_EVENT_STREAMS: '8',
        MAX_EVENT_STREAMS_PER_SERVICE: String(PER_SERVICE),
        EVENT_STREAM_HEARTBEAT: '1s',
        EVENT_STREAM_DURATION: '1h',
      },
    },
  );

  /** Everything behind a place, as the pages have it. */
  async function readFrom(after?: string): Promise<{ events: Event[]; cursor: string }> {
    const params = { query: { limit: 200, ...(after === undefined ? {} : { after }) } };
    const { data, nextCursor, hasMore } = await answered(system.shop.GET('/events', { params }));
    if (!hasMore) return { events: data, cursor: nextCursor };
    const rest = await readFrom(nextCursor);
    return { ...rest, events: [...data, ...rest.events] };
  }
  const sequencesOf = (events: readonly Event[]) => events.map(({ sequence }) => sequence);
  /** Follows until a condition holds. */
  async function followed(
    options: Partial<Parameters<typeof followEvents>[1]>,
    isLast: (event: Event) => boolean,
  ): Promise<Event[]> {
    const events: Event[] = [];
    for await (const event of followEvents(system.shop, { onReset: () => undefined, ...options })) {
      events.push(event);
      if (isLast(event)) break;
    }
    return events;
  }
  async function shipped(): Promise<string> {
    const { id } = await system.place();
    await system.carrierSays(id, 'delivered');
    return id;
  }
  /** Events of no order, as many as no buffer of the system holds. */
  async function manyEvents(count: number): Promise<void> {
    const client = new pg.Client({ connectionString: system.databaseUrl });
    await client.connect();
    await client.query(
      `INSERT INTO outbox_event (order_id, type, data)
       SELECT $1::uuid, 'order.placed', jsonb_build_object('order', jsonb_build_object('id', $1::uuid, 'version', n,
         'status', 'pending', 'payment', 'none', 'fulfilment', 'none')) FROM generate_series(1, $2::int) n`,
      [randomUUID(), count],
    );
    await eventually(
      () => client.query('SELECT FROM outbox_event WHERE sequence IS NULL LIMIT 1'),
      ({ rowCount }) => rowCount === 0,
      120_000,
    );
    await client.end();
  }

  it('tells what becomes of an order, as it happens', async () => {
    const { id } = await system.place();
    const ended = followed({ orderId: id }, ({ type }) => type === 'order.closed');
    await system.carrierSays(id, 'delivered');
    const told = await ended;
    expect(told.every(({ data }) => data.order.id === id)).toBe(true);
    const { events } = await readFrom();
    const all = events.filter(({ data }) => data.order.id === id);
    expect(told).toEqual(all.slice(-told.length));
    expect(told.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['order.delivered', 'shipment.delivered']),
    );
  });

  it('tells all orders apart by what is asked for', async () => {
    const start = (await readFrom()).cursor;
    const ids = [await shipped(), await shipped()];
    const closed = await followed({ after: start, types: ['order.closed'] }, () => {
      ids.pop();
      return ids.length === 0;
    });
    expect(closed.map(({ type }) => type)).toEqual(['order.closed', 'order.closed']);
  });

  it('that breaks again and again is resumed with each event once', async () => {
    const start = (await readFrom()).cursor;
    const orders = Promise.all(Array.from({ length: 6 }, shipped));
    const seen: number[] = [];
    let last: string | undefined = start;
    let closed = 0;
    while (closed < 6) {
      const reader: StreamReader = await StreamReader.open(system, { last });
      await reader.until(({ sequences }) => sequences.length > 2, 2_000).catch(() => undefined);
      reader.hangUp();
      seen.push(...reader.sequences);
      last = reader.last;
      closed = (await readFrom(start)).events.filter(
        ({ type, sequence }) => type === 'order.closed' && sequence <= Number(last),
      ).length;
    }
    await orders;
    expect(seen).toEqual(sequencesOf((await readFrom(start)).events).slice(0, seen.length));
    expect(seen.length).toBeGreaterThan(40);
  });

  it('has headers that keep proxies from holding it back, a retry, a place and heartbeats', async () => {
    const reader = await StreamReader.open(system);
    expect(reader.status).toBe(200);
    expect(reader.answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    expect(reader.answer.headers['content-encoding']).toBeUndefined();
    await reader.until(({ text }) => /^retry: \d+\n\nid: \d+\n\n/.test(text));
    await reader.until(({ text }) => text.includes(': heartbeat\nid: '), 5_000);
    reader.hangUp();
  });

  it('begins with a reset where events are gone, and then goes on', async () => {
    const reader = await StreamReader.open(system, { last: '999999999999999' });
    await reader.until(({ text }) => text.includes('event: reset\n'));
    const { id } = await system.place();
    await reader.until(({ text }) => text.includes(id));
    reader.hangUp();
    let resets = 0;
    const stop = new AbortController();
    const options = { after: '999999999999999', signal: stop.signal };
    for await (const _ of followEvents(system.shop, {
      ...options,
      onReset: () => {
        resets += 1;
        stop.abort();
      },
    }));
    expect(resets).toBe(1);
  });

  it('is refused like any other request', async () => {
    const reader = await system.store.apiKeys.create('writer', ['write']);
    for (const [path, headers, status, code] of [
      ['/events/stream', { 'Last-Event-ID': 'x' }, 400, 'invalid_request'],
      ['/events/stream?after=-1', {}, 400, 'invalid_request'],
      ['/events/stream?limit=5', {}, 400, 'invalid_request'],
      [`/orders/${randomUUID()}/events/stream`, {}, 404, 'order_not_found'],
      ['/events/stream', { Authorization: `Bearer ${reader}` }, 403, 'insufficient_scope'],
      ['/events/stream', { Authorization: 'Bearer op_x' }, 401, 'unauthenticated'],
    ] as const)
      expect(await system.http.get(path).set(headers)).toMatchObject({ status, body: { code } });
    await system.http.post('/events/stream').expect(405);
    const head = await system.http.head('/events/stream').expect(200);
    expect(head.headers['content-type']).toContain('text/event-stream');
  });

  it('is refused beyond the limit of the service, and of the process', async () => {
    const busy = await system.store.apiKeys.create('busy', ['read']);
    const open = async (key: string) => StreamReader.open(system, { key });
    const readers = await Promise.all(Array.from({ length: PER_SERVICE }, () => open(busy)));
    expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
    const refused = await open(busy);
    await refused.until(({ end }) => end === 'ended');
    expect([refused.status, refused.answer.headers['retry-after'], JSON.parse(refused.text).code]).toEqual([
      429,
      '10',
      'too_many_streams',
    ]);
    for (let count = PER_SERVICE; count < 8; count++)
      readers.push(await open(await system.store.apiKeys.create(`other-${count}`, ['read'])));
    const full = await open(system.key);
    await full.until(({ end }) => end === 'ended');
    expect([full.status, JSON.parse(full.text).code]).toEqual([503, 'unavailable']);
    for (const reader of readers) reader.hangUp();
    await eventually(
      async () =>
        Scrape.of(await (await system.monitor('api', '/metrics')).text()).value('event_streams_open'),
      (left) => left === 0,
    );
    const again = await open(busy);
    expect(again.status).toBe(200);
    again.hangUp();
  });

  it('is counted no more once its connection breaks, though it was asked for behind another request', async () => {
    const { hostname, port } = new URL(system.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    const open = async () =>
      Scrape.of(await (await system.monitor('api', '/metrics')).text()).value('event_streams_open');
    socket.write(
      `GET /events/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${system.key}\r\n\r\n`.repeat(2),
    );
    await eventually(open, (count) => count === 2);
    socket.destroy();
    await eventually(open, (count) => count === 0);
  });

  it('ends soon after its key was revoked', async () => {
    const key = await system.store.apiKeys.create('leaving', ['read']);
    const [reader, other] = [await StreamReader.open(system, { key }), await StreamReader.open(system)];
    const { id = '' } =
      (await system.store.apiKeys.list()).find(({ service }) => service === 'leaving') ?? {};
    await system.store.apiKeys.revoke(id);
    await reader.until(({ end }) => end === 'ended', 15_000);
    expect(other.end).toBeNull();
    other.hangUp();
  });

  it('is measured until its beginning, and logged by one line at its end', async () => {
    const before = system.log.length;
    const { id } = await system.place();
    const reader = await StreamReader.open(system, { path: `/orders/${id}/events/stream` });
    await reader.until(({ text }) => text.includes('heartbeat'));
    const metrics = async () => Scrape.of(await (await system.monitor('api', '/metrics')).text());
    const open = await metrics();
    const label = { http_response_status_code: '200', operation: 'streamOrderEvents' };
    expect(open.value('event_streams_open')).toBe(1);
    expect(open.value('http_server_active_requests')).toBe(0);
    expect(open.value('http_server_request_duration_seconds_sum', label)).toBeLessThan(
      open.value('http_server_request_duration_seconds_count', label),
    );
    const lines = () =>
      system.log.slice(before).filter((line) => line.includes(`/orders/${id}/events/stream`));
    expect(lines()).toEqual([]);
    reader.hangUp();
    const [line = '', ...more] = await eventually(lines, (found) => found.length > 0);
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({ level: 30, orderId: id });
    expect(JSON.parse(line).responseTime).toBeGreaterThan(900);
    expect((await metrics()).sum('event_streams_closed_total', { reason: 'reader' })).toBeGreaterThan(0);
  });

  it('is cut off where its reader takes nothing, and others are not held up', async () => {
    const start = (await readFrom()).cursor;
    await manyEvents(30_000);
    const { hostname, port } = new URL(system.url);
    const slow = connect(Number(port), hostname);
    await once(slow, 'connect');
    const closed = once(slow, 'close');
    slow.on('error', () => undefined).pause();
    slow.write(
      `GET /events/stream?after=${start} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${system.key}\r\n\r\n`,
    );
    const reader = await StreamReader.open(system, { last: start });
    await reader.until(({ sequences }) => sequences.length >= 30_000);
    expect(reader.sequences).toEqual(sequencesOf((await readFrom(start)).events));
    const ended = async () =>
      Scrape.of(await (await system.monitor('api', '/metrics')).text()).sum('event_streams_closed_total', {
        reason: 'slow',
      });
    await eventually(ended, (count) => count === 1, 20_000);
    expect(reader.end).toBeNull();
    reader.hangUp();
    slow.destroy();
    await closed;
  });

  it('ends when its process stops, and its reader goes on at the next one without a loss', async () => {
    const start = (await readFrom()).cursor;
    const raw = await StreamReader.open(system);
    const stop = new AbortController();
    const seen: Event[] = [];
    const following = (async () => {
      for await (const event of followEvents(system.shop, {
        after: start,
        signal: stop.signal,
        onReset: () => undefined,
      }))
        seen.push(event);
    })();
    await shipped();
    const stopped = Date.now();
    expect(await system.stop('api')).toMatchObject({ code: 0, signal: null });
    expect(Date.now() - stopped).toBeLessThan(5_000);
    expect(raw.end).toBe('ended');
    expect(raw.text).toMatch(/retry: \d+\n\n$/);
    await system.startApi();
    const last = await shipped();
    await eventually(
      () => seen,
      (events) => events.some(({ type, data }) => type === 'order.closed' && data.order.id === last),
    );
    stop.abort();
    await following;
    const { events } = await readFrom(start);
    expect(sequencesOf(seen)).toEqual(sequencesOf(events).slice(0, seen.length));
  });
});
