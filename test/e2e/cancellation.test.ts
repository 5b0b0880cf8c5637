import { randomUUID } from 'node:crypto';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';
import { CancellationView } from '#libs/contracts/http/cancellation.api';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';

import { type Bench, carrierEvent } from '../integration/bench.js';
import { eventually } from '../support/eventually.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('a cancellation request, without a worker yet', () => {
  let bench: Bench;
  let system: System;
  useSharedApi((opened, store) => {
    system = opened;
    bench = store;
  });

  const of = (id: string) => ({ params: { path: { id } } });
  const cancel = (id: string) => answered(system.shop.POST('/orders/{id}/cancellation', of(id)));
  const read = (id: string) => answered(system.shop.GET('/orders/{id}/cancellation', of(id)));
  const emailsOf = async (id: string) => {
    const run = system.client.workflow.getHandle(
      orderWorkflowId(id as Parameters<typeof orderWorkflowId>[0]),
    );
    const history = await run.fetchHistory().catch(() => null);
    return (history?.events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal ? [signal.signalName] : [],
    );
  };

  it('is stored and answered, and signalled to its run, which is started where there is none', async () => {
    const { id } = await bench.accepted();
    const { data, response } = await system.shop.POST('/orders/{id}/cancellation', of(id));
    expect(response.status).toBe(202);
    const cancellation = CancellationView.parse(data);
    expect(cancellation).toMatchObject({ state: 'requested', code: null, decidedAt: null });
    expect(await read(id)).toEqual(cancellation);
    expect(await bench.eventTypes(id)).toContain('cancellation.requested');
    expect(
      await eventually(
        () => emailsOf(id),
        (signals) => signals.length > 0,
      ),
    ).toEqual(['cancellationRequested']);
    await eventually(
      () => bench.store.cancellations.unsignalled(-1_000, 100),
      (waiting) => !waiting.some(({ orderId }) => orderId === id),
    );
  });

  it('is one, however many callers send it at once', async () => {
    const { id } = await bench.labelled();
    const answers = await Promise.all(Array.from({ length: 8 }, () => cancel(id)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await bench.eventTypes(id)).filter((type) => type.startsWith('cancellation.'))).toEqual([
      'cancellation.requested',
    ]);
  });

  it.each([
    ['shipment.picked_up', 'already_shipped'],
    ['shipment.delivered', 'already_delivered'],
    ['shipment.returned', 'already_undelivered'],
  ] as const)('is refused after %s', async (type, code) => {
    const { id, trackingNumber } = await bench.labelled();
    await bench.store.inbox.receive(carrierEvent(type, trackingNumber));
    const { state, code: why, decidedAt } = await cancel(id);
    expect([state, why]).toEqual(['refused', code]);
    expect(decidedAt).not.toBeNull();
    expect(await bench.eventTypes(id)).toContain('cancellation.refused');
  });

  it('is decided by a pick-up that it races, and has one outcome', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, () => bench.labelled()));
    await Promise.all(
      orders.flatMap(({ id, trackingNumber }) => [
        cancel(id),
        bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber)),
      ]),
    );
    for (const { id } of orders)
      expect(await read(id)).toMatchObject({ state: 'refused', code: 'already_shipped' });
  });

  it('is accepted of an order that was cancelled anyway', async () => {
    const order = await bench.accepted();
    for (const status of ['cancelling', 'cancelled'] as const)
      await bench.store.orders.change(await bench.order(order.id), () => ({
        next: { status },
        event: { type: 'test', actor: 'test' },
      }));
    expect(await cancel(order.id)).toMatchObject({ state: 'accepted', code: null });
  });

  it('takes no more than an empty body, and an order', async () => {
    const { id } = await bench.accepted();
    const address = (order: string) => `/orders/${order}/cancellation`;
    expect((await system.http.post(address(id)).send({ reason: 'mood' })).body.code).toBe('invalid_request');
    expect((await system.http.get(address(id))).body.code).toBe('cancellation_not_found');
    expect((await system.http.post(address(id)).send({})).status).toBe(202);
    const nothing = address(randomUUID());
    for (const request of [system.http.post(nothing), system.http.get(nothing)])
      expect((await request).body.code).toBe('order_not_found');
    const reader = await system.store.apiKeys.create('reader', ['read']);
    const asReader = supertest(system.url).post(`/orders/${id}/cancellation`);
    expect((await asReader.set('Authorization', `Bearer ${reader}`)).status).toBe(403);
  });
});
