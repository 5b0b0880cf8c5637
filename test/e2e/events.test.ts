import { describe, expect, it } from 'vitest';

import type { Event } from '#libs/client/openapi';
import { answered } from '#libs/client/shop-client';
import { EventList } from '#libs/contracts/http/event.api';
import { EVENT_TYPES, type EventType } from '#libs/domain/events/event-types';

import { eventually } from '../support/eventually.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('GET /events', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  interface Query {
    readonly after?: string;
    readonly types?: EventType[];
    readonly limit?: number;
  }
  const page = async (query: Query = {}) =>
    EventList.parse(await answered(system.shop.GET('/events', { params: { query } })));
  /** Everything behind a cursor. */
  async function readFrom(after?: string): Promise<{ events: Event[]; cursor: string }> {
    const { data, nextCursor, hasMore } = await page(after === undefined ? {} : { after });
    if (!hasMore) return { events: data, cursor: nextCursor };
    const rest = await readFrom(nextCursor);
    return { ...rest, events: [...data, ...rest.events] };
  }
  const ofOrder = (events: readonly Event[], id: string) => events.filter(({ data }) => data.order.id === id);

  it('tells a shop what became of its order, in order, as it happens', async () => {
    const start = (await readFrom()).cursor;
    const { id } = await system.place();
    await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
    await system.carrierSays(id, 'picked_up');
    await system.carrierSays(id, 'delivered');
    const told = await eventually(
      async () => ofOrder((await readFrom(start)).events, id),
      (events) => events.some(({ type }) => type === 'order.closed'),
    );
    expect(told.map(({ type }) => type)).toEqual([
      'order.placed',
      'payment.captured',
      'order.confirmed',
      'shipment.created',
      'order.shipped',
      'shipment.picked_up',
      'order.delivered',
      'shipment.delivered',
      'order.closed',
    ]);
    const order = await system.until(id, () => true);
    expect(told.at(-1)?.data.order).toMatchObject({ status: order.status, payment: order.payment });
    expect(told.map(({ time }) => time)).toEqual(told.map(({ time }) => time).toSorted());
    const sequences = told.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
  });

  it('can be read an event at a time, or for some types', async () => {
    const start = (await readFrom()).cursor;
    const { id } = await system.place();
    await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
    const all = await eventually(
      async () => (await readFrom(start)).events,
      (events) => ofOrder(events, id).some(({ type }) => type === 'shipment.created'),
    );
    const [first] = all;
    const one = await page({ after: start, limit: 1 });
    expect(one).toEqual({ data: [first], nextCursor: String(first?.sequence), hasMore: true });
    const some = await page({ after: start, types: ['order.placed', 'shipment.created'] });
    expect(ofOrder(some.data, id).map(({ type }) => type)).toEqual(['order.placed', 'shipment.created']);
    expect((await page({ after: start, types: [...EVENT_TYPES] })).data).toEqual(expect.arrayContaining(all));
  });

  it('refuses a cursor that it never gave', async () => {
    for (const [query, status, code] of [
      [{ after: '999999999999999' }, 410, 'events_gone'],
      [{ after: 'next' }, 400, 'invalid_request'],
      [{ types: 'order.sold' }, 400, 'invalid_request'],
      [{ limit: 201 }, 400, 'invalid_request'],
    ] as const)
      expect(await system.http.get('/events').query(query)).toMatchObject({ status, body: { code } });
  });
});
