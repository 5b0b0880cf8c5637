import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { script } from '../../dev/sandbox/test-sandbox.js';
import { answered } from '#libs/client/shop-client';
import { METRICS } from '#libs/telemetry/metric-catalogue';
import { TEMPORAL_METRICS } from '#libs/telemetry/temporal-metrics';

import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/scrape.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

const EUR = { currency: 'EUR' };

describe('a running system', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  const scrape = async (which: 'api' | 'worker') =>
    Scrape.of(await (await system.monitor(which, '/metrics')).text());

  it('has a worker that is live and ready', async () => {
    expect((await system.monitor('worker', '/health/live')).status).toBe(200);
    expect((await system.monitor('worker', '/health/ready')).status).toBe(200);
  });

  it('shows what happens to orders', async () => {
    const [apiBefore, workerBefore] = await Promise.all([scrape('api'), scrape('worker')]);
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 2 });
    const { id, totals } = await system.place();
    const parked = await system.until(id, ({ attention }) => attention.length > 0);
    const waiting = await eventually(
      () => scrape('worker'),
      (now) => now.value('order_waits', { step: 'ship', state: 'parked' }) > 0,
    );
    expect(waiting.value('order_attentions_open', { kind: 'parked' })).toBeGreaterThan(0);
    expect(waiting.value('order_attention_oldest_age_seconds', { kind: 'parked' })).toBeGreaterThan(0);
    expect(waiting.value('orders_open', { status: 'confirmed' })).toBeGreaterThan(0);

    const path = { id, attentionId: parked.attention[0]?.id ?? '' };
    await answered(
      system.shop.POST('/orders/{id}/attention/{attentionId}/resolution', {
        params: { path },
        body: { action: 'fail' },
      }),
    );
    await eventually(
      () => system.eventTypes(id),
      (types) => types.includes('order.closed') && types.includes('refund.succeeded'),
    );
    await system.http.get(`/orders/${randomUUID()}`).expect(404);
    await system.http.get(`/nowhere/${randomUUID()}`).expect(404);

    const [api, worker] = await Promise.all([scrape('api'), scrape('worker')]);
    const grew = (now: Scrape, before: Scrape, name: string, labels: Readonly<Record<string, string>>) =>
      now.value(name, labels) - before.value(name, labels);
    const atApi = (name: string, labels: Readonly<Record<string, string>>) =>
      grew(api, apiBefore, name, labels);
    const atWorker = (name: string, labels: Readonly<Record<string, string>>) =>
      grew(worker, workerBefore, name, labels);

    const requests = 'http_server_request_duration_seconds_count';
    const answers = (operation: string, status: string) =>
      atApi(requests, { operation, http_response_status_code: status });
    expect(atApi('orders_accepted_total', EUR)).toBe(1);
    expect(answers('placeOrder', '202')).toBe(1);
    expect(answers('resolveAttention', '202')).toBe(1);
    expect(answers('readOrder', '404')).toBe(1);
    expect(answers('none', '404')).toBe(1);

    expect(atWorker('order_money_booked_total', { kind: 'captured', ...EUR })).toBe(totals.total);
    expect(atWorker('order_money_booked_total', { kind: 'refund_succeeded', ...EUR })).toBe(totals.total);
    expect(atWorker('orders_ended_total', { status: 'cancelled', reason: 'operator_failed' })).toBe(1);
    expect(atWorker('order_steps_parked_total', { step: 'ship' })).toBe(1);
    expect(atWorker('order_activity_failures_total', { activity: 'createShipment', kind: 'outage' })).toBe(2);
    expect(atWorker('order_activity_retries_total', { activity: 'createShipment' })).toBe(1);
    const calls = (provider: string, operation: string, outcome: string) =>
      atWorker('provider_call_duration_seconds_count', { provider, operation, outcome });
    expect(calls('carrier', 'createShipment', 'outage')).toBe(2);
    expect(calls('stripe', 'createIntent', 'done')).toBe(1);
    expect(calls('stripe', 'createRefund', 'done')).toBe(1);
    expect(calls('smtp', 'send', 'done')).toBeGreaterThan(0);

    expect(api.value('db_client_connection_max')).toBe(10);
    expect(worker.sum('db_client_connection_count')).toBeGreaterThan(0);
    expect(Date.now() / 1_000 - worker.value('sweeper_last_sweep_timestamp_seconds')).toBeLessThan(30);
    expect(worker.sum('temporal_workflow_task_schedule_to_start_latency_seconds_count')).toBeGreaterThan(0);
    expect(worker.sum('temporal_sticky_cache_hit_total')).toBeGreaterThan(0);
    expect(worker.sum('temporal_num_pollers')).toBeGreaterThan(0);
  });

  it('logs an order with its id and the request that placed it, from the request to its end', async () => {
    const reqId = `shop-${randomUUID()}`;
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 2 });
    const { body: placed } = await system.http
      .post('/orders')
      .set('Idempotency-Key', randomUUID())
      .set('X-Request-Id', reqId)
      .send(system.body())
      .expect(202);
    const { id } = placed;
    const answer = async (action: string) => {
      const { attention } = await system.until(id, (order) => order.attention.length > 0);
      const path = `/orders/${id}/attention/${attention[0]?.id}/resolution`;
      await system.http.post(path).send({ action }).expect(202);
    };
    await answer('retry');
    await system.until(id, ({ shipments }) => shipments.length > 0);
    await system.http.post(`/orders/${id}/cancellation`).expect(202);
    const of = (name: string) =>
      system.log
        .filter((line) => line.includes(id))
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter((line) => line['name'] === name);
    const lines = await eventually(
      async () => of('worker'),
      (now) => now.some(({ event }) => event === 'order.closed'),
    );
    expect(lines.map(({ event }) => event).filter((event) => event !== undefined)).toEqual(
      expect.arrayContaining([
        'order.parked',
        'order.resumed',
        'cancellation.accepted',
        'shipment.cancelled',
        'refund.requested',
        'inventory.released',
        'order.cancelled',
        'order.closed',
      ]),
    );
    for (const line of lines) expect(line).toMatchObject({ orderId: id, reqId });
    const atApi = of('api');
    expect(atApi).toContainEqual(expect.objectContaining({ orderId: id, reqId, event: 'order.accepted' }));
    expect(atApi).toContainEqual(
      expect.objectContaining({
        orderId: id,
        reqId,
        res: { status: 202 },
        req: { method: 'POST', path: '/orders' },
      }),
    );
    for (const line of atApi) expect(line).toMatchObject({ orderId: id, reqId: expect.any(String) });
  });

  it('logs nothing but JSON, and nothing under one name twice', () => {
    for (const line of system.log) {
      const names = [...line.matchAll(/[{,]"(\w+)":/g)].map(([, name]) => name);
      const top = Object.keys(JSON.parse(line));
      for (const name of top.filter((each) => each === 'orderId' || each === 'reqId'))
        expect(
          names.filter((each) => each === name),
          line,
        ).toHaveLength(1);
    }
  });

  it.each(['api', 'worker'] as const)(
    'shows the metrics of the catalogue, and no other, in the %s',
    async (of) => {
      // Its notice is mailed by a local activity, whose metrics are others.
      const { id } = await system.place();
      await system.until(id, ({ shipments }) => shipments.length === 1);
      await system.carrierSays(id, 'delivered');
      await system.until(id, ({ status }) => status === 'delivered');
      await eventually(
        () => system.eventTypes(id),
        (happened) => happened.includes('order.closed'),
      );
      const { types } = await scrape(of);
      const ours = Object.entries(METRICS).filter(([, rule]) => rule.of.some((process) => process === of));
      const sdk = Object.entries(TEMPORAL_METRICS);
      const shown = [...types].filter(([name]) => !/^(nodejs|process)_/.test(name));
      expect(Object.fromEntries(shown.filter(([name]) => !name.startsWith('temporal_')))).toEqual(
        Object.fromEntries(ours.map(([name, { type }]) => [name, type])),
      );
      // The SDK shows a metric once there was something to measure.
      const known = Object.fromEntries(sdk.map(([name, { type }]) => [name, type]));
      for (const [name, type] of shown)
        if (name.startsWith('temporal_')) expect([name, known[name]]).toEqual([name, type]);
    },
  );
});
