import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';
import { FIGURES } from '#libs/persistence/figures/figure-statements';
import { isUnreachable } from '#libs/persistence/database/database-failure';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { Store } from '#libs/persistence/store';
import type { OrderFilter, OrderPage } from '#libs/persistence/orders/order-list';

import { emailOf } from '../support/orders.js';
import { Bench } from './bench.js';
import { useBench } from './use-bench.js';
import { fillWithOrders } from '../../dev/seeding/many-orders.js';

const idsOf = (orders: readonly OrderRecord[]) => orders.map(({ id }) => id);
/** The position of an order in a list, which is by changes where the filter has `updatedSince`. */
const positionOf = ({ createdAt, updatedAt, id }: OrderRecord, { updatedSince }: OrderFilter = {}) => ({
  at: new Date(updatedSince ? updatedAt : createdAt),
  id,
});
const EVER = new Date(0);

/** Every page there is, two orders each. @param between runs after every page */
async function pages(
  bench: Bench,
  order: OrderPage['order'],
  between: () => Promise<unknown>,
  filter: OrderFilter = {},
) {
  const seen: OrderId[] = [];
  for (let after: OrderPage['after']; ;) {
    const page = await bench.store.orders.list({ ...filter, order, after, limit: 2 });
    const last = page.at(-1);
    if (!last) return seen;
    seen.push(...idsOf(page));
    after = positionOf(last, filter);
    await between();
  }
}

describe('lists of orders', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  }, 'orders in progress');

  it('show each order once while others arrive, the newest first', async () => {
    const before: OrderId[] = [];
    for (let count = 0; count < 5; count++) before.unshift((await bench.accepted()).id);
    expect(await pages(bench, 'newest', () => bench.accepted())).toEqual(before);
  });

  it('show each order once while others arrive, the oldest first', async () => {
    let arrivals = 4;
    const seen = await pages(bench, 'oldest', async () => {
      if (arrivals-- > 0) await bench.accepted();
    });
    const newest = await bench.store.orders.list({ limit: 100 });
    expect(seen).toEqual(idsOf(newest).toReversed());
  });

  it('by when they were changed show what was changed meanwhile again, the oldest change first', async () => {
    const orders = await bench.store.orders.list({ limit: 3 });
    const touch = async (order: OrderRecord) =>
      bench.store.orders.change(await bench.order(order.id), () => ({
        event: { type: 'test', actor: 'tests' },
      }));
    for (const order of orders) await touch(order);
    const [first] = orders;
    if (!first) throw new Error('there are no orders');
    const since = { updatedSince: new Date((await bench.order(first.id)).updatedAt) };
    let changes = 1;
    const again = async () => (changes-- > 0 ? touch(first) : undefined);
    const oldest = await pages(bench, 'oldest', again, since);
    expect(oldest).toEqual([...idsOf(orders), first.id]);
    const newest = await pages(bench, 'newest', async () => undefined, since);
    expect(newest).toEqual([first.id, ...idsOf(orders.slice(1)).toReversed()]);
  });

  it('do not go past a change that is still being written', async () => {
    const [slow, quick] = [await bench.accepted(), await bench.accepted()];
    const since = { updatedSince: new Date(slow.createdAt), order: 'oldest', limit: 100 } as const;
    const change = { event: { type: 'test', actor: 'tests' } };
    const client = new pg.Client({ connectionString: bench.databaseUrl });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        'UPDATE orders SET version = version + 1, updated_at = clock_timestamp() WHERE id = $1',
        [slow.id],
      );
      await bench.store.orders.change(quick, () => change);
      expect(idsOf(await bench.store.orders.list(since))).not.toContain(quick.id);
      await client.query('COMMIT');
      expect(idsOf(await bench.store.orders.list(since)).slice(-2)).toEqual([slow.id, quick.id]);
    } finally {
      await client.end();
    }
  });

  it('do not go past an order that is still being stored', async () => {
    const { id: earlier } = await bench.accepted();
    const late = uuid();
    const client = new pg.Client({ connectionString: bench.databaseUrl });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object(
          'id', $2::text, 'number', $2::text, 'created_at', clock_timestamp()))).* FROM orders o WHERE id = $1`,
        [earlier, late],
      );
      const { id: later } = await bench.accepted();
      const oldest = async () => idsOf(await bench.store.orders.list({ order: 'oldest', limit: 100 }));
      expect(await oldest()).not.toContain(later);
      expect(await oldest()).toContain(earlier);
      await client.query('COMMIT');
      expect((await oldest()).slice(-3)).toEqual([earlier, late, later]);
    } finally {
      await client.end();
    }
  });

  it('find orders by every field a caller may have', async () => {
    const labelled = await bench.labelled({ lines: [{ sku: 'TEA-GREEN', quantity: 1 }] });
    const { number, createdAt } = labelled.order;
    const email = emailOf(labelled.order);
    await bench.database.order.update({ where: { id: labelled.id }, data: { customerId: 'C-17' } });
    const at = new Date(createdAt);
    const FILTERS: readonly OrderFilter[] = [
      { status: ['confirmed'] },
      { status: ['confirmed', 'cancelled'] },
      { payment: 'captured' },
      { fulfilment: 'ready' },
      { customerId: 'C-17' },
      { email: email.toUpperCase() },
      { sku: 'TEA-GREEN' },
      { number },
      { trackingNumber: labelled.trackingNumber },
      { createdFrom: at, createdTo: new Date(at.getTime() + 1) },
      { sku: 'TEA-GREEN', status: ['confirmed'], createdFrom: at, email },
    ];
    for (const filter of FILTERS)
      for (const order of ['newest', 'oldest'] as const)
        expect(idsOf(await bench.store.orders.list({ ...filter, order, limit: 10 }))).toEqual([labelled.id]);
    expect(await bench.store.orders.list({ sku: 'TEA-GREEN', status: ['pending'], limit: 10 })).toEqual([]);
    expect(await bench.store.orders.list({ createdTo: new Date(0), limit: 10 })).toEqual([]);
    expect(await bench.store.orders.list({ needsAttention: true, limit: 10 })).toEqual([]);
    await bench.database.attention.create({
      data: { id: randomUUID(), orderId: labelled.id, kind: 'parked', reason: 'test' },
    });
    expect(idsOf(await bench.store.orders.list({ needsAttention: true, limit: 10 }))).toEqual([labelled.id]);
  });

  it('find orders by what they are shown to wait for', async () => {
    const { id } = await bench.labelled();
    const waiting = async (filter: OrderFilter) =>
      idsOf(await bench.store.orders.list({ ...filter, limit: 10 }));
    expect(await waiting({ waitingFor: 'deliver', updatedSince: EVER })).toContain(id);
    const beside = { attempt: 3, nextTryIn: 60_000, beforePayment: false };
    await bench.store.waits.failed(id, 'confirm', { ...beside, error: 'mail_unreachable' });
    expect((await bench.order(id)).waits[0]).toMatchObject({
      step: 'confirm',
      lastError: 'mail_unreachable',
    });
    for (const filter of [
      { waitingFor: 'confirm' },
      { lastError: 'mail_unreachable' },
      { waitingFor: 'confirm', lastError: 'mail_unreachable', updatedSince: EVER, sku: 'MUG-BLUE' },
    ] as const)
      expect(await waiting(filter), JSON.stringify(filter)).toEqual([id]);
    expect(await waiting({ waitingFor: 'deliver' })).not.toContain(id);
    expect(await waiting({ waitingFor: 'confirm', lastError: 'carrier_error' })).toEqual([]);
    await bench.store.waits.recovered(id, 'confirm');
    expect(await waiting({ waitingFor: 'deliver' })).toContain(id);
  });

  it('find orders by why they ended, and by open attentions', async () => {
    const order = await bench.accepted({ lines: [{ sku: 'SOLD-OUT', quantity: 1 }] });
    await bench.reserve(order);
    const found = async (filter: OrderFilter) =>
      idsOf(await bench.store.orders.list({ ...filter, limit: 10 }));
    expect(await found({ endReason: 'out_of_stock' })).toEqual([order.id]);
    expect(await found({ endReason: 'cancelled' })).toEqual([]);
    await bench.database.attention.create({
      data: { id: randomUUID(), orderId: order.id, kind: 'late_payment', reason: 'test' },
    });
    expect(await found({ attentionKind: 'late_payment' })).toEqual([order.id]);
    expect(await found({ attentionKind: 'dispute_opened' })).toEqual([]);
    await bench.database.attention.updateMany({
      where: { orderId: order.id },
      data: { resolvedAt: new Date() },
    });
    expect(await found({ attentionKind: 'late_payment' })).toEqual([]);
  });
});

/** With MANY_ORDERS=100000 the time of every list is measured, too, and printed. */
const MEASURED = process.env['MANY_ORDERS'];
const MANY = Number(MEASURED ?? 30_000);
/** Milliseconds, of 200 lists one after the other: the next page of where the last one ended, or the first again. */
const P99 = 50;

describe('among many orders', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  }, 'impossible rows');
  beforeAll(async () => {
    await fillWithOrders(bench.databaseUrl, MANY);
  });

  const FILTERS: readonly (readonly [index: string, filter: OrderFilter])[] = [
    ['orders_created_at_id_idx', {}],
    ['orders_status_created_at_id_idx', { status: ['rejected'] }],
    ['orders_status_created_at_id_idx', { status: ['rejected', 'cancelled', 'pending', 'shipped'] }],
    ['orders_payment_created_at_id_idx', { payment: 'voided' }],
    ['orders_fulfilment_created_at_id_idx', { fulfilment: 'lost' }],
    ['attention_open', { needsAttention: true }],
    ['attention_open', { attentionKind: 'dispute_opened' }],
    ['order_wait_step_placed_at_order_id_idx', { waitingFor: 'deliver' }],
    ['order_wait_step_placed_at_order_id_idx', { waitingFor: 'charge' }],
    ['order_wait_failing', { lastError: 'mail_unreachable' }],
    ['order_wait_', { waitingFor: 'confirm', lastError: 'mail_unreachable' }],
    ['orders_end_code', { endReason: 'carrier_refused' }],
    ['orders_end_code', { endReason: 'payment_declined', status: ['rejected', 'cancelled'] }],
    ['orders_updated_at_id_idx', { updatedSince: EVER }],
    ['orders_updated_at_id_idx', { updatedSince: new Date(Date.now() - 3_600_000) }],
    ['orders_customer_id_created_at_id_idx', { customerId: 'C-17' }],
    ['orders_email', { email: 'Shopper-17@example.com' }],
    ['order_line_sku_placed_at_order_id_idx', { sku: 'BULK-1' }],
    ['orders_customer_id_created_at_id_idx', { customerId: 'C-17', sku: 'BULK-1' }],
    ['orders_email', { email: 'shopper-17@example.com', sku: 'BULK-1' }],
    ['orders_number_key', { number: 'N-17' }],
    ['shipment_tracking_number_idx', { trackingNumber: 'TRK-17' }],
    ['orders_created_at_id_idx', { createdFrom: new Date(), createdTo: new Date(Date.now() + 1000) }],
  ];

  it.each<[figure: keyof typeof FIGURES, indexes: readonly string[]]>([
    ['openOrders', ['orders_open']],
    ['waits', ['order_wait_failing']],
    ['openAttentions', ['attention_open']],
    ['backlog', ['orders_never_started', 'attention_untold', 'inbox_event_unapplied', 'inbox_event_untold']],
  ])('the figure %s is counted off indexes', async (figure, indexes) => {
    const plan = await bench.planOf(FIGURES[figure]);
    expect(indexes.filter((index) => !plan.includes(index))).toEqual([]);
    expect(plan).not.toMatch(/Seq Scan on (orders|attention|inbox_event)/);
  });

  describe.each(['newest', 'oldest'] as const)('with the %s first', (order) => {
    it.each(FILTERS)('a list is read off %s', async (index, filter) => {
      const [page] = await bench.store.orders.list({ ...filter, order, limit: 1 });
      for (const after of [undefined, page && positionOf(page, filter)]) {
        const plan = await bench.plan((store) => store.orders.list({ ...filter, order, after, limit: 21 }));
        expect(plan).toContain(index);
        expect(plan).not.toMatch(/Seq Scan on (orders|order_line|order_wait|shipment)/);
      }
    });

    if (!MEASURED) return;
    it('every list is there in time', async () => {
      const p99 = new Map<string, number>();
      for (const [index, filter] of FILTERS) {
        const times: number[] = [];
        for (let after: OrderPage['after']; times.length < 200;) {
          const begun = performance.now();
          const page = await bench.store.orders.list({ ...filter, order, after, limit: 21 });
          times.push(performance.now() - begun);
          const last = page.at(-1);
          after = page.length === 21 && last ? positionOf(last, filter) : undefined;
        }
        p99.set(`${JSON.stringify(filter)} ${index}`, times.sort((a, b) => a - b)[197] ?? Infinity);
      }
      console.log(p99);
      expect(Math.max(...p99.values())).toBeLessThan(P99);
    });
  });
});

it('a list whose connection is cut is known not to have been asked', async () => {
  const bench = await Bench.open();
  const store = Store.open(bench.databaseUrl, 2);
  const failures: unknown[] = [];
  const reader = async () => {
    while (failures.length < 5)
      await store.orders.list({ limit: 1 }).catch((error: unknown) => failures.push(error));
  };
  const cutter = async () => {
    while (failures.length < 5)
      await bench.database.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity, pg_sleep(0.05)
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  };
  await Promise.all([cutter(), ...Array.from({ length: 20 }, reader)]);
  await store.close();
  await bench.end();
  expect(failures).not.toEqual([]);
  expect(failures.filter((failure) => !isUnreachable(failure))).toEqual([]);
});
