import { EventEmitter, once } from 'node:events';

import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';

import { OldRows } from '../../apps/worker/sweeper/old-rows.js';
import { startPostgres } from '../../dev/stack/postgres/postgres.js';
import { MigrationEngine } from '../../prisma/migrate-engine.js';
import { EventView } from '#libs/contracts/http/event.api';
import type { EventType } from '#libs/domain/events/event-types';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Database } from '#libs/persistence/database/database';
import type { EventPage, EventRecord } from '#libs/persistence/events/event-stream.repository';
import { Store } from '#libs/persistence/store';
import { createLogger } from '#libs/telemetry/logger';

import { restoreDump } from '../support/dump.js';
import { eventually } from '../support/eventually.js';
import { openTestDatabase } from '../support/test-database.js';
import { Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

const DAY = 86_400_000;
const PAGE = 100;

let bench: Bench;
useBench((opened) => {
  bench = opened;
}, 'impossible rows');

/** A page that there must be. */
async function page(
  asked: { after?: number; types?: readonly EventType[]; limit?: number } = {},
  store = bench.store,
): Promise<EventPage> {
  const found = await store.events.page({ limit: PAGE, ...asked });
  if (found === null) throw new Error(`events behind ${asked.after} are gone`);
  return found;
}

/** Everything behind a place in the stream. */
async function readFrom(after: number, store = bench.store): Promise<EventRecord[]> {
  const { events, cursor, hasMore } = await page({ after }, store);
  return hasMore ? [...events, ...(await readFrom(cursor, store))] : [...events];
}
async function readAll(): Promise<EventRecord[]> {
  const { events, cursor } = await page();
  return [...events, ...(await readFrom(cursor))];
}

/** A store whose statements are one transaction, until that is committed. */
async function openTransaction(): Promise<{ store: Store; commit: () => Promise<void> }> {
  const done = new EventEmitter();
  return new Promise((opened, failed) => {
    const transaction = bench.database.$transaction(
      async (open) => {
        const database = new Proxy(bench.database, {
          get: (outside, name) =>
            name === '$queryRaw'
              ? (query: Parameters<Database['$queryRaw']>[0]) => open.$queryRaw(query)
              : Reflect.get(outside, name),
        });
        const commit = async () => {
          done.emit('commit');
          await transaction;
        };
        const committed = once(done, 'commit');
        opened({ store: new Store(database), commit });
        await committed;
      },
      { timeout: 60_000 },
    );
    transaction.catch(failed);
  });
}

/** Where the stream ends. */
async function end(): Promise<number> {
  await sequenceAll();
  return (await readAll()).at(-1)?.sequence ?? (await page()).cursor;
}
async function sequenceAll(): Promise<void> {
  while ((await bench.store.events.sequence(PAGE)).events > 0);
}
async function told(id: OrderId): Promise<EventRecord[]> {
  await sequenceAll();
  const events = (await readAll()).filter(({ orderId }) => orderId === id);
  // Stored as it is documented, and no more.
  expect(events.map((event) => EventView.parse(event).data)).toEqual(events.map(({ data }) => data));
  return events;
}
const aboutOf = (data: EventRecord['data']) =>
  Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'order'));
const typesOf = (events: readonly EventRecord[]) => events.map(({ type }) => type);

describe('the events of an order', () => {
  it('are written with its changes, from its acceptance to its end', async () => {
    const { id, order, trackingNumber } = await bench.labelled();
    await bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber));
    await bench.store.inbox.receive(carrierEvent('shipment.in_transit', trackingNumber));
    await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
    await bench.finish(id);
    const events = await told(id);
    expect(typesOf(events)).toEqual([
      'order.placed',
      'payment.captured',
      'order.confirmed',
      'shipment.created',
      'order.shipped',
      'shipment.picked_up',
      'shipment.in_transit',
      'order.delivered',
      'shipment.delivered',
      'order.closed',
    ]);
    expect(events[0]?.data).toEqual({
      order: { id, version: 1, status: 'pending', payment: 'none', fulfilment: 'none' },
    });
    const [shipment] = (await bench.order(id)).shipments;
    expect(events.find(({ type }) => type === 'shipment.delivered')?.data).toEqual({
      order: expect.objectContaining({
        id,
        status: 'delivered',
        payment: 'captured',
        fulfilment: 'delivered',
      }),
      shipment: { id: shipment?.id, status: 'delivered' },
    });
    const versions = events.map(({ data }) => data.order.version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(versions.at(-1)).toBe((await bench.order(id)).version);
    expect(order.version).toBeGreaterThan(1);
  });

  it('name the refund, the cancellation and the attention that they are about', async () => {
    const { id, order } = await bench.labelled();
    const refund = await bench.requestRefund(order, 100);
    await bench.settleRefund(await bench.order(id), refund, 100);
    await bench.store.attention.flagContradiction(await bench.order(id), 'amount');
    const [attention] = (await bench.order(id)).attention;
    await bench.store.attention.leave(await bench.order(id), attention?.id ?? '', null);
    await bench.store.cancellations.request(await bench.order(id), 'service:shop');
    await bench.store.inbox.receive(
      carrierEvent('shipment.picked_up', (await bench.order(id)).shipments[0]?.trackingNumber ?? ''),
    );
    const events = (await told(id)).filter(({ data }) => Object.keys(data).length > 1);
    expect(events.map(({ type, data }) => [type, aboutOf(data)])).toEqual([
      ['shipment.created', { shipment: { id: expect.any(String), status: 'label_created' } }],
      ['refund.requested', { refund: { id: refund, state: 'requested' } }],
      ['refund.succeeded', { refund: { id: refund, state: 'succeeded' } }],
      [
        'attention.opened',
        { attention: { id: attention?.id, kind: 'contradicting_answer', step: 'charge' } },
      ],
      [
        'attention.resolved',
        { attention: { id: attention?.id, kind: 'contradicting_answer', step: 'charge' } },
      ],
      ['cancellation.requested', { cancellation: { state: 'requested' } }],
      ['cancellation.refused', { cancellation: { state: 'refused', code: 'already_shipped' } }],
      ['shipment.picked_up', { shipment: { id: expect.any(String), status: 'picked_up' } }],
    ]);
  });

  it('are not written where a change is not', async () => {
    const { id } = await bench.labelled();
    const before = (await told(id)).length;
    const { trackingNumber = '' } = (await bench.order(id)).shipments[0] ?? {};
    const event = carrierEvent('shipment.picked_up', trackingNumber);
    for (let time = 0; time < 3; time++) await bench.store.inbox.receive(event);
    await bench.store.attention.flagContradiction(await bench.order(id), 'currency');
    await bench.store.attention.flagContradiction(await bench.order(id), 'currency');
    expect(typesOf((await told(id)).slice(before))).toEqual([
      'order.shipped',
      'shipment.picked_up',
      'attention.opened',
    ]);
  });
});

describe('the stream', () => {
  let start: number;
  beforeEach(async () => {
    start = await end();
  });

  it('has an event that was written early and committed late behind those that were read before', async () => {
    const [late, early] = [(await bench.labelled()).order, (await bench.labelled()).order];
    const cancelling = {
      next: { status: 'cancelling' },
      event: { type: 'cancellation.accepted', actor: 'tests' },
    } as const;
    start = await end();
    const open = await openTransaction();
    await open.store.orders.change(late, () => cancelling);
    await bench.store.orders.change(early, () => cancelling);
    await sequenceAll();
    const first = await page({ after: start });
    expect(first.events.map(({ orderId }) => orderId)).toEqual([early.id]);
    await open.commit();
    await sequenceAll();
    const second = await page({ after: first.cursor });
    expect(second.events.map(({ orderId }) => orderId)).toEqual([late.id]);
    const [earlier, later] = [second, first].map(({ events }) => events[0]);
    expect(earlier?.id.localeCompare(later?.id ?? '')).toBe(-1);
  });

  it('is given to readers whole and once, while many write and several sequence', async () => {
    const stores = Array.from({ length: 3 }, () => new Store(openTestDatabase(bench.databaseUrl)));
    const { order } = await bench.labelled();
    const seen: EventRecord[] = [];
    const state = { isWriting: true };
    const write = async () => {
      for (let count = 0; count < 15; count++) await bench.accepted();
    };
    const sequence = async (store: Store) => {
      while (state.isWriting) await store.events.sequence(3);
    };
    const read = async () => {
      for (let cursor = start; state.isWriting;) {
        const next = await page({ after: cursor, limit: 5 });
        seen.push(...next.events);
        ({ cursor } = next);
      }
    };
    const others = [read(), ...stores.map(sequence)];
    await Promise.all(Array.from({ length: 6 }, write));
    state.isWriting = false;
    await Promise.all(others);
    await sequenceAll();
    seen.push(...(await readFrom(seen.at(-1)?.sequence ?? start)));
    expect(seen).toEqual(await readFrom(start));
    expect(seen.filter(({ type }) => type === 'order.placed')).toHaveLength(6 * 15 + 1);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(typesOf(seen.filter(({ orderId }) => orderId === order.id))[0]).toBe('order.placed');
    await Promise.all(stores.map((store) => store.close()));
  });

  it('is put in order by one process at a time', async () => {
    await bench.accepted();
    const other = new pg.Client({ connectionString: bench.databaseUrl });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT pg_advisory_xact_lock(7)');
      expect((await bench.store.events.sequence(PAGE)).events).toBe(0);
      await other.query('ROLLBACK');
      expect((await bench.store.events.sequence(PAGE)).events).toBe(1);
    } finally {
      await other.end();
    }
  });

  it('can be read for some types alone, and then passes over all others', async () => {
    const { id } = await bench.labelled();
    await end();
    const some = await page({ after: start, types: ['order.placed', 'shipment.created'] });
    expect(typesOf(some.events)).toEqual(['order.placed', 'shipment.created']);
    const none = await page({ after: start, types: ['shipment.lost'] });
    expect(none).toEqual({ events: [], cursor: await end(), hasMore: false });
    const one = await page({ after: start, types: ['order.placed', 'shipment.created'], limit: 1 });
    expect([typesOf(one.events), one.hasMore]).toEqual([['order.placed'], true]);
    const next = await page({ after: one.cursor, types: ['shipment.created'], limit: 1 });
    expect(next.events.map(({ orderId, type }) => [orderId, type])).toEqual([[id, 'shipment.created']]);
  });

  it('has no end: what was read last says where to go on', async () => {
    const last = await page({ after: start });
    expect(last).toEqual({ events: [], cursor: start, hasMore: false });
    await bench.accepted();
    await sequenceAll();
    expect(typesOf((await page({ after: last.cursor })).events)).toEqual(['order.placed']);
    // A place that was not given out yet is one of another database.
    expect(await bench.store.events.page({ after: start + 1_000_000, limit: 1 })).toBeNull();
  });

  it('is read and sequenced by its indexes', async () => {
    await bench.database.$executeRaw`
      INSERT INTO outbox_event (sequence, type, order_id, data)
      SELECT nextval('outbox_event_sequence'), 'order.placed', uuidv7(), '{}' FROM generate_series(1, 20000)`;
    await bench.database.$executeRaw`ANALYZE outbox_event`;
    const ofPage = await bench.plan((store) => store.events.page({ after: start, limit: PAGE }));
    expect(ofPage).toContain('Index Scan using outbox_event_sequence_key');
    const ofBatch = await bench.planOf(
      'SELECT id FROM outbox_event WHERE sequence IS NULL AND (SELECT pg_try_advisory_xact_lock(7)) ORDER BY id LIMIT 500',
    );
    expect(ofBatch).toContain('outbox_event_unsequenced');
    await bench.database.$executeRaw`DELETE FROM outbox_event WHERE data = '{}'`;
  });
});

describe('old events', () => {
  const remove = () =>
    new OldRows(
      bench.store.oldRows,
      {
        idempotency_key: 90 * DAY,
        inbox_event: 90 * DAY,
        outbox_event: 90 * DAY,
        webhook_delivery: 30 * DAY,
      },
      createLogger('test', 'silent'),
    ).remove(new AbortController().signal);
  async function age(to: number): Promise<void> {
    await bench.database.$executeRaw`
      UPDATE outbox_event SET time = now() - interval '91 days' WHERE sequence <= ${to}`;
    await bench.database
      .$executeRaw`UPDATE removal_pass SET due_at = now() - interval '1 second', after = NULL`;
    await remove();
  }

  it('are removed, and a reader that stopped before one of them learns that', async () => {
    await bench.labelled();
    const last = await end();
    const events = await readAll();
    const [read, gone, kept] = events.slice(-3).map(({ sequence }) => sequence);
    await age(gone ?? 0);
    expect(await bench.store.events.page({ after: read ?? 0, limit: PAGE })).toBeNull();
    expect((await page({ after: gone ?? 0 })).events.map(({ sequence }) => sequence)).toEqual([kept]);
    expect((await page()).events.map(({ sequence }) => sequence)).toEqual([kept]);
    expect(kept).toBe(last);
  });

  it('leave the numbers go on where all of them are removed', async () => {
    const last = await end();
    await age(last);
    expect(await page({ after: last })).toEqual({ events: [], cursor: last, hasMore: false });
    expect(await page()).toEqual({ events: [], cursor: last, hasMore: false });
    await bench.accepted();
    await sequenceAll();
    const [next] = (await page({ after: last })).events;
    expect(next?.sequence).toBeGreaterThan(last);
  });

  it('stay while they have no place, whatever their age', async () => {
    const { id } = await bench.accepted();
    await bench.database.$executeRaw`
      UPDATE outbox_event SET time = now() - interval '1 year' WHERE order_id = ${id}::uuid`;
    await age(0);
    expect(typesOf(await told(id))).toEqual(['order.placed']);
  });
});

it('goes on in a new cluster that a dump was restored into', async () => {
  await bench.labelled();
  const last = await end();
  const unplaced = (await bench.accepted()).id;
  const cluster = await startPostgres();
  try {
    const engine = await MigrationEngine.open(cluster.url);
    await engine.apply();
    await restoreDump(bench.databaseUrl, cluster.url);
    const restored = Bench.on(cluster.url);
    try {
      expect(await readFrom(last, restored.store)).toEqual([]);
      // As `npm run restored` does, for readers that saw what the backup does not have.
      await restored.store.events.skip(1_000);
      await restored.labelled();
      await restored.store.events.sequence(PAGE);
      const events = await eventually(
        () => readFrom(last, restored.store),
        (seen) => seen.length > 0,
      );
      expect(events[0]).toMatchObject({ type: 'order.placed', orderId: unplaced });
      expect(typesOf(events.slice(1))).toEqual([
        'order.placed',
        'payment.captured',
        'order.confirmed',
        'shipment.created',
      ]);
      expect(events.every(({ sequence }) => sequence > last + 1_000)).toBe(true);
    } finally {
      await restored.end();
    }
  } finally {
    await cluster.stop();
  }
});
