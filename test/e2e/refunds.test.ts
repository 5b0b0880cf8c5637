import { randomUUID } from 'node:crypto';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';
import { refundWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { RefundList, RefundView, type RequestRefund } from '#libs/contracts/http/refund.api';
import type { OrderId } from '#libs/domain/order/order-id';

import { type Bench, carrierEvent } from '../integration/bench.js';
import { eventually } from '../support/eventually.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('refunds that are requested, without a worker yet', () => {
  let bench: Bench;
  let system: System;
  useSharedApi((opened, store) => {
    system = opened;
    bench = store;
  });

  /** An order of two mugs, 39.80, that has arrived. */
  async function delivered(): Promise<OrderId> {
    const { id, trackingNumber } = await bench.labelled();
    await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
    await bench.finish(id);
    return id;
  }

  const ask = (id: string, body: Partial<RequestRefund> | object, key: string = randomUUID()) =>
    system.http
      .post(`/orders/${id}/refunds`)
      .set('Idempotency-Key', key)
      .send({ reason: 'goodwill', restock: false, ...body });
  const of = (id: string) => ({ params: { path: { id } } });
  const made = (id: string, body: Partial<RequestRefund>) =>
    answered(
      system.shop.POST('/orders/{id}/refunds', {
        params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } },
        body: { reason: 'goodwill', restock: false, ...body },
      }),
    );
  const list = async (id: string) =>
    RefundList.parse(await answered(system.shop.GET('/orders/{id}/refunds', of(id)))).data;
  const lineOf = async (id: OrderId) => (await bench.order(id)).lines[0]?.id ?? '';

  it('are stored, booked, shown, and given a run', async () => {
    const id = await delivered();
    const answer = await ask(id, { amount: 500, reason: 'damaged' });
    expect(answer.status).toBe(202);
    const refund = RefundView.parse(answer.body);
    expect(refund).toMatchObject({
      amount: 500,
      reason: 'damaged',
      state: 'requested',
      lines: [],
      requestedBy: 'service:shop',
      settledAt: null,
    });
    expect(answer.headers['location']).toBe(`/orders/${id}/refunds/${refund.id}`);
    const params = { path: { id, refundId: refund.id } };
    expect(await answered(system.shop.GET('/orders/{id}/refunds/{refundId}', { params }))).toEqual(refund);
    expect(await list(id)).toEqual([refund]);
    expect(await system.order(id)).toMatchObject({
      payment: 'captured',
      status: 'delivered',
      refunded: 0,
      pendingRefunds: 500,
    });
    const { data: ledger } = await answered(system.shop.GET('/orders/{id}/ledger', of(id)));
    expect(ledger.at(-1)).toMatchObject({ kind: 'refund_requested', objectId: refund.id, amount: 500 });
    expect(await bench.eventTypes(id)).toContain('refund.requested');
    const run = await eventually(
      () =>
        system.client.workflow
          .getHandle(refundWorkflowId(refund.id))
          .describe()
          .catch(() => null),
      (found) => found !== null,
    );
    expect(run?.type).toBe('RefundWorkflow');
    await eventually(
      () => bench.store.refunds.toStart(-1_000, 100),
      (waiting) => !waiting.some((one) => one.id === refund.id),
    );
  });

  it('are made once for each key, even if more could be refunded', async () => {
    const id = await delivered();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(id, { amount: 3000 }, key)));
    const taken = answers.filter(({ status }) => status === 202);
    expect(new Set(taken.map(({ headers }) => headers['location'])).size).toBe(1);
    for (const answer of answers)
      if (answer.status !== 202)
        expect(answer).toMatchObject({ status: 409, body: { code: 'idempotency_key_in_use' } });
    const again = await ask(id, { amount: 3000 }, key);
    expect([again.status, again.headers['location'], again.body]).toEqual([
      202,
      taken[0]?.headers['location'],
      taken[0]?.body,
    ]);
    expect(await list(id)).toHaveLength(1);
    expect(await ask(id, { amount: 1 }, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    expect(await ask(id, { amount: 3000 })).toMatchObject({ status: 422, body: { code: 'refund_exceeds' } });
  });

  it('never exceed what was paid, however many are requested at once', async () => {
    const id = await delivered();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(id, { amount: 500 })));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([...Array(7).fill(202), ...Array(13).fill(422)]);
    expect(await system.order(id)).toMatchObject({ pendingRefunds: 3500 });
    expect(await made(id, { full: true })).toMatchObject({ amount: 480 });
    expect(await ask(id, { full: true })).toMatchObject({ status: 409, body: { code: 'nothing_to_refund' } });
  });

  it('never refund one unit twice, however many are requested at once', async () => {
    const id = await delivered();
    const lines = [{ lineId: await lineOf(id), quantity: 1 }];
    const before = await bench.stock('MUG-BLUE');
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(id, { lines, restock: true })));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
    expect(answers.filter(({ body }) => body.code === 'refund_quantity_exceeds')).toHaveLength(4);
    expect((await list(id)).map(({ amount }) => amount)).toEqual([1990, 1990]);
    expect((await bench.stock('MUG-BLUE')).onHand).toBe(before.onHand + 2);
  });

  it('bring goods back into stock once, also when their parcel comes back later', async () => {
    const { id, trackingNumber } = await bench.labelled();
    const atFirst = await bench.stock('MUG-BLUE');
    await bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber));
    await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
    await bench.finish(id);
    const lines = [{ lineId: await lineOf(id), quantity: 1 }];
    await made(id, { lines, restock: true });
    expect((await bench.stock('MUG-BLUE')).onHand).toBe(atFirst.onHand - 1);
    await bench.store.inbox.receive(carrierEvent('shipment.returned', trackingNumber));
    expect((await bench.order(id)).fulfilment).toBe('returned');
    expect((await bench.stock('MUG-BLUE')).onHand).toBe(atFirst.onHand);
    expect(await ask(id, { lines, restock: true })).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_restock' },
    });
  });

  it('are for all of it before pick-up where it is known that no run would send the goods', async () => {
    const { order, id } = await bench.labelled();
    await bench.store.attention.flagClosedRun(order, 'terminated');
    expect(await ask(id, { full: true })).toMatchObject({ status: 202, body: { amount: 3980 } });
  });

  it('are refused with an explanation', async () => {
    const { id } = await bench.labelled();
    const arrived = await delivered();
    const unpaid = await bench.accepted();
    await bench.close(unpaid.id, 'rejected');
    const lineId = await lineOf(arrived);
    const cases: [string, object, number, string, string?][] = [
      [id, { full: true }, 409, 'use_cancellation'],
      [id, { amount: 3980 }, 409, 'use_cancellation'],
      [id, { lines: [{ lineId: await lineOf(id), quantity: 1 }], restock: true }, 409, 'nothing_to_restock'],
      [unpaid.id, { amount: 1 }, 409, 'nothing_to_refund'],
      [randomUUID(), { full: true }, 404, 'order_not_found'],
      [
        arrived,
        { lines: [{ lineId: randomUUID(), quantity: 1 }] },
        422,
        'refund_line_unknown',
        '/lines/0/lineId',
      ],
      [arrived, { lines: [{ lineId, quantity: 3 }] }, 422, 'refund_quantity_exceeds', '/lines/0/quantity'],
      [arrived, { amount: 3981 }, 422, 'refund_exceeds'],
      [arrived, {}, 400, 'invalid_request', ''],
      [arrived, { full: true, amount: 1 }, 400, 'invalid_request', ''],
      [arrived, { amount: 1, restock: true }, 400, 'invalid_request', '/restock'],
      [arrived, { amount: 0 }, 400, 'invalid_request', '/amount'],
      [arrived, { full: true, reason: 'late_payment' }, 400, 'invalid_request', '/reason'],
      [arrived, { full: true, restock: undefined }, 400, 'invalid_request', '/restock'],
      [
        arrived,
        {
          lines: [
            { lineId, quantity: 1 },
            { lineId, quantity: 1 },
          ],
        },
        422,
        'refund_line_repeated',
        '/lines/1/lineId',
      ],
    ];
    for (const [order, body, status, code, pointer] of cases) {
      const answer = await ask(order, body);
      expect([answer.status, answer.body.code], JSON.stringify(body)).toEqual([status, code]);
      if (pointer !== undefined)
        expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    }
    expect(await list(arrived)).toEqual([]);
    const unkeyed = await system.http.post(`/orders/${id}/refunds`).send({ amount: 1 });
    expect(unkeyed).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } });
  });

  it('are for operators, and only of the order they belong to', async () => {
    const id = await delivered();
    const refund = await made(id, { amount: 1 });
    const shop = await system.store.apiKeys.create('a-shop', ['read', 'write']);
    const asShop = supertest.agent(system.url).set('Authorization', `Bearer ${shop}`);
    expect((await asShop.get(`/orders/${id}/refunds`)).status).toBe(403);
    expect(
      (
        await asShop
          .post(`/orders/${id}/refunds`)
          .set('Idempotency-Key', '1')
          .send({ amount: 1, reason: 'goodwill', restock: false })
      ).status,
    ).toBe(403);
    expect(await system.http.get(`/orders/${await delivered()}/refunds/${refund.id}`)).toMatchObject({
      status: 404,
      body: { code: 'refund_not_found' },
    });
    expect(await system.http.get(`/orders/${id}/refunds/none`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ pointer: '/refundId' }] },
    });
  });
});
