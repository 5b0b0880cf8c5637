import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { operations } from '#libs/client/openapi';
import { everyOrderEvent } from '#libs/client/order-events';
import { answered } from '#libs/client/shop-client';
import { OrderList } from '#libs/contracts/http/order-list.api';

import type { Bench } from '../integration/bench.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

type Query = NonNullable<operations['listOrders']['parameters']['query']>;

describe('GET /orders', () => {
  let bench: Bench;
  let system: System;
  useSharedApi((opened, store) => {
    system = opened;
    bench = store;
  });

  const list = async (query: Query) =>
    OrderList.parse(await answered(system.shop.GET('/orders', { params: { query } })));
  const ids = ({ data }: OrderList) => data.map(({ id }) => id);

  it('lists all orders in either direction, also while others arrive', async () => {
    const placed: string[] = [];
    for (let count = 0; count < 5; count++) placed.push((await system.place()).id);
    for (const order of ['newest', 'oldest'] as const) {
      const there = order === 'newest' ? placed.toReversed() : [...placed];
      const first = await list({ order, limit: 2 });
      const arrived = (await system.place()).id;
      placed.push(arrived);
      const second = await list({ cursor: first.nextCursor ?? '', limit: 2 });
      const rest = await list({ cursor: second.nextCursor ?? '', order, limit: 100 });
      const seen = [first, second, rest].flatMap(ids);
      expect(seen).toEqual(order === 'newest' ? there : [...there, arrived]);
      expect(rest.nextCursor).toBeNull();
    }
  });

  it('finds an order by the data that a shop has', async () => {
    const email = 'Perpetua.Hollyhock@example.com';
    const { id, number, createdAt } = await system.place({
      customer: { id: 'C-4711-XQ', name: 'Perpetua Hollyhock', email },
      lines: [{ sku: 'TEA-GREEN', quantity: 1 }],
    });
    const { trackingNumber, id: labelled } = await bench.labelled();
    for (const query of [
      { email: email.toLowerCase() },
      { customer: 'C-4711-XQ' },
      { sku: 'TEA-GREEN' },
      { number: number.toLowerCase() },
      { createdFrom: createdAt, sku: 'TEA-GREEN', status: ['pending'], payment: 'none', fulfilment: 'none' },
    ] satisfies Query[])
      expect(ids(await list(query))).toEqual([id]);
    expect(ids(await list({ trackingNumber }))).toEqual([labelled]);
    expect(ids(await list({ fulfilment: 'ready' }))).toEqual([labelled]);
    expect(ids(await list({ createdTo: createdAt, customer: 'C-4711-XQ' }))).toEqual([]);
  });

  it('accepts several statuses at once, and lists changes by their time', async () => {
    const { id: cancelled } = await bench.accepted();
    await bench.close(cancelled, 'rejected');
    const { id: pending, updatedAt } = await system.order((await bench.accepted()).id);
    const { id: delivered } = await bench.labelled();
    const both = { status: ['rejected', 'pending'], limit: 2 } satisfies Query;
    expect(ids(await list(both))).toEqual([pending, cancelled]);
    expect(ids(await list({ endReason: 'out_of_stock' }))).toEqual([cancelled]);
    expect(ids(await list({ waitingFor: 'deliver', createdFrom: updatedAt }))).toEqual([delivered]);

    const since = { updatedSince: updatedAt, order: 'oldest', limit: 1 } satisfies Query;
    const first = await list(since);
    expect(ids(first)).toEqual([pending]);
    const second = await list({ ...since, cursor: first.nextCursor ?? '' });
    expect(ids(second)).toEqual([delivered]);
    expect(second.nextCursor).toBeNull();
  });

  it('refuses a status that is none, one of several', async () => {
    const answer = await system.http.get('/orders?status=pending&status=paid');
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/status/1' }] } });
    await system.http.get('/orders').query({ waitingFor: 'godot' }).expect(400);
    await system.http.get('/orders').query({ attentionKind: 'none' }).expect(400);
  });

  it('reverses its direction at a cursor', async () => {
    const { data, nextCursor } = await list({ order: 'oldest', limit: 3 });
    const back = await list({ order: 'newest', cursor: nextCursor ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual([data[1]?.id, data[0]?.id]);
  });

  it('shows the audit trail in pages, oldest first, that neither skip nor repeat', async () => {
    const { id } = await bench.labelled();
    const page = async (query: object) =>
      (await system.http.get(`/orders/${id}/events`).query(query).expect(200)).body;
    const { data: all, nextCursor: none } = await page({});
    expect(all.map(({ type }: { type: string }) => type)).toEqual(await bench.eventTypes(id));
    expect(none).toBeNull();

    const first = await page({ limit: 2 });
    // What happens meanwhile comes behind what was there.
    await bench.store.orders.change(await bench.order(id), () => ({
      event: { type: 'note', actor: 'tests' },
    }));
    const second = await page({ limit: all.length - 2, cursor: first.nextCursor });
    const third = await page({ limit: 200, cursor: second.nextCursor });
    expect([...first.data, ...second.data]).toEqual(all);
    expect(third).toMatchObject({ data: [{ type: 'note' }], nextCursor: null });
    expect(await everyOrderEvent(system.shop, id)).toEqual([...all, ...third.data]);
    expect(await page({ cursor: '999999999999999' })).toEqual({ data: [], nextCursor: null });
    for (const [path, query, status] of [
      [`/orders/${randomUUID()}/events`, { cursor: '1' }, 404],
      [`/orders/${id}/events`, { cursor: 'next' }, 400],
      [`/orders/${id}/events`, { limit: 201 }, 400],
    ] as const)
      expect((await system.http.get(path).query(query)).status).toBe(status);
  });

  it('refuses an invalid cursor, and names the parameter', async () => {
    const answer = await system.http.get('/orders').query({ cursor: 'next' });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ pointer: '/cursor' }] },
    });
  });
});
