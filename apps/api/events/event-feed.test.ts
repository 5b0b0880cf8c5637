import { once } from 'node:events';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import type { EventPage, EventRecord } from '#libs/persistence/events/event-stream.repository';

import { EventFeed } from './event-feed.js';
import { EventStream, type Interest } from './event-stream.js';

const [ONE, OTHER] = ['019b7654-0000-7000-8000-000000000001', '019b7654-0000-7000-8000-000000000002'].map(
  orderId,
) as [ReturnType<typeof orderId>, ReturnType<typeof orderId>];

/** A stream of events in memory, whose places leave some numbers out. */
class Source {
  readonly events: EventRecord[] = [];
  removedTo = 0;
  pages = 0;
  fails = false;

  add(count = 1): void {
    for (let index = 0; index < count; index++) {
      const sequence = this.last + 1 + (this.events.length % 3);
      this.events.push({
        id: `019b7654-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
        sequence,
        type: sequence % 2 ? 'order.placed' : 'order.closed',
        time: '2026-01-01T10:00:00.000Z',
        orderId: sequence % 5 ? ONE : OTHER,
        data: { order: { id: ONE, version: 1, status: 'pending', payment: 'none', fulfilment: 'none' } },
      });
    }
  }

  get last(): number {
    return this.events.at(-1)?.sequence ?? this.removedTo;
  }

  async end(): Promise<number> {
    if (this.fails) throw new Error('the database is away');
    return this.last;
  }

  async page(asked: { after?: number; limit: number } & Interest): Promise<EventPage | null> {
    this.pages += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.fails) throw new Error('the database is away');
    const { after = this.removedTo, limit, types, orderId: of } = asked;
    if (after < this.removedTo || after > this.last) return null;
    const looked = this.events.filter(({ sequence }) => sequence > after).slice(0, limit);
    const events = looked.filter(
      (event) => (types?.includes(event.type) ?? true) && (of === undefined || event.orderId === of),
    );
    const cursor = looked.at(-1)?.sequence ?? after;
    return { events, cursor, hasMore: cursor < this.last };
  }
}

let server: Server;
let source: Source;
let feed: EventFeed;
const opened: ServerResponse[] = [];

beforeEach(async () => {
  source = new Source();
  feed = new EventFeed({ events: source }, { warn: () => undefined });
  server = createServer((_, response) => void opened.push(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A reader of a stream, and what it was told. */
async function reading(interest: Interest = {}, after?: number) {
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, 'request');
  const call = request({ host: '127.0.0.1', port }).on('error', () => undefined);
  const answered = once(call, 'response');
  call.end();
  await arrived;
  const response = opened.pop();
  if (!response) throw new Error('no request came');
  const stream = new EventStream(response, interest);
  const follows = feed.follow(stream, after);
  let text = '';
  void answered.then(([message]) =>
    message.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)),
  );
  await follows;
  const sequences = () => Array.from(text.matchAll(/^data: .*"sequence":(\d+)/gm), ([, n]) => Number(n));
  return { stream, sequences, text: () => text, hangUp: () => call.destroy() };
}

const sequencesOf = (accepts: (event: EventRecord) => boolean) =>
  source.events.filter(accepts).map(({ sequence }) => sequence);

describe('a feed of events', () => {
  it('tells every reader each event behind its place once and in order, wherever it comes in', async () => {
    source.add(450);
    const readers: { reader: Awaited<ReturnType<typeof reading>>; after: number }[] = [];
    for (let round = 0; round < 12; round++) {
      const after = source.events[round * 37]?.sequence ?? 0;
      readers.push({ reader: await reading({}, after), after });
      source.add(round * 7);
      const live = source.last;
      readers.push({ reader: await reading(), after: live });
      source.add(5);
    }
    const expected = ({ after }: { after: number }) => sequencesOf(({ sequence }) => sequence > after);
    for (const each of readers) {
      // A reader without a place is told at least what comes after its request.
      await expect.poll(() => each.reader.sequences().at(-1)).toBe(source.last);
      const told = each.reader.sequences();
      expect(told.slice(-expected(each).length)).toEqual(expected(each));
      expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b));
    }
    const resumed = readers.filter((_, index) => index % 2 === 0);
    for (const each of resumed) expect(each.reader.sequences()).toEqual(expected(each));
  });

  it('tells the events of one order, or of some types', async () => {
    source.add(20);
    const ofOne = await reading({ orderId: OTHER }, 0);
    const closed = await reading({ types: ['order.closed'] }, 0);
    source.add(20);
    await expect.poll(() => ofOne.sequences()).toEqual(sequencesOf(({ orderId: id }) => id === OTHER));
    await expect.poll(() => closed.sequences()).toEqual(sequencesOf(({ type }) => type === 'order.closed'));
  });

  it('goes on where another process was ahead of this one', async () => {
    source.add(10);
    await reading();
    source.add(10);
    const { sequences, text } = await reading({}, source.last);
    const behind = source.last;
    source.add(3);
    await expect.poll(() => sequences()).toEqual(sequencesOf(({ sequence }) => sequence > behind));
    expect(text()).not.toContain('reset');
  });

  it.each([
    ['events behind it were removed', 3],
    ['it is ahead of the stream', 9_999],
  ])('resets a reader whose place is not there, as %s, and goes on', async (_, after) => {
    source.add(20);
    source.removedTo = source.events.splice(0, 10).at(-1)?.sequence ?? 0;
    const { sequences, text } = await reading({}, after);
    const end = source.last;
    await expect.poll(text).toContain(`event: reset\nid: ${end}\ndata: {"cursor":"${end}"}\n\n`);
    source.add(2);
    await expect.poll(() => sequences()).toEqual(sequencesOf(({ sequence }) => sequence > end));
  });

  it('resets all readers when the database was restored to an earlier time', async () => {
    source.add(20);
    const { sequences, text } = await reading();
    source.events.splice(5);
    await expect.poll(text).toContain(`event: reset\nid: ${source.last}\n`);
    source.add(1);
    await expect.poll(() => sequences()).toEqual([source.last]);
  });

  it('begins no stream while the database is away, and goes on with those that are open once it is back', async () => {
    source.add(5);
    const { sequences } = await reading();
    source.fails = true;
    source.add(2);
    await expect.poll(() => source.pages).toBeGreaterThan(1);
    source.fails = false;
    await expect.poll(() => sequences()).toHaveLength(2);

    const other = new EventFeed({ events: source }, { warn: () => undefined });
    source.fails = true;
    const call = request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }).on(
      'error',
      () => undefined,
    );
    const arrived = once(server, 'request');
    call.end();
    await arrived;
    const response = opened.pop();
    if (!response) throw new Error('no request came');
    await expect(other.follow(new EventStream(response, {}))).rejects.toThrow('the database is away');
    expect(response.headersSent).toBe(false);
  });

  it('reads nothing while no stream is open', async () => {
    const first = await reading();
    await expect.poll(() => source.pages).toBeGreaterThan(1);
    first.hangUp();
    await expect.poll(() => first.stream.isOpen).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const { pages } = source;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(source.pages).toBe(pages);
    source.add(1);
    const second = await reading({}, 0);
    await expect.poll(() => second.sequences()).toEqual(sequencesOf(() => true));
  });
});
