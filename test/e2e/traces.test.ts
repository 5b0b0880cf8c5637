import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { script } from '../../dev/sandbox/test-sandbox.js';
import type { CollectedSpan, Collector } from '../support/collector.js';
import { eventually } from '../support/eventually.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

/** As OTLP numbers them. */
const FAILED = 2;
const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

const attemptOf = ({ attributes }: CollectedSpan) => Number(attributes['order.attempt']);

describe('the traces of an order', () => {
  let system: System;
  let collector: Collector;
  let id: string;
  /** The trace of the request that placed it. */
  let trace: string;

  useSharedSystem((opened) => {
    system = opened;
  });

  beforeAll(async () => {
    if (!system.collector) throw new Error('the shared system has no collector');
    collector = system.collector;
    ({ id } = await system.place());
    trace = (await collector.about(id, 'POST /orders')).traceId;
    for (const activity of ['createShipment', 'sendConfirmation'])
      await collector.about(id, `RunActivity:${activity}`);
  });

  const named = (name: string) => collector.of(trace).filter((span) => span.name === name);
  const one = (name: string) => {
    const [span] = named(name);
    if (!span) throw new Error(`there is no span ${name}`);
    return span;
  };
  /** The names from the root to a span. */
  const path = (span: CollectedSpan): string[] => {
    const above = collector.of(span.traceId).find(({ spanId }) => spanId === span.parentSpanId);
    return [...(above ? path(above) : []), span.name];
  };

  it('begin with the request, and lead through the run to each provider', async () => {
    const run = ['POST /orders', 'StartWorkflow:OrderWorkflow'];
    const [create] = named('stripe createIntent');
    expect(create && path(create)).toEqual([...run, 'RunActivity:reserveAndCharge', 'stripe createIntent']);
    const calls = collector.of(trace).filter(({ name }) => /^(?:GET|POST|PUT|SMTP)$/.test(name));
    expect(calls.map(path)).toEqual(
      expect.arrayContaining([
        [...run, 'RunActivity:reserveAndCharge', 'stripe createIntent', 'POST'],
        [...run, 'RunActivity:createShipment', 'carrier createShipment', 'PUT'],
        [...run, 'RunActivity:sendConfirmation', 'smtp send', 'SMTP'],
      ]),
    );
    for (const activity of ['reserveAndCharge', 'createShipment']) {
      const { spanId } = one(`RunActivity:${activity}`);
      const statements = collector
        .of(trace)
        .filter((span) => span.parentSpanId === spanId && span.attributes['db.system.name'] === 'postgresql');
      expect(statements.length, activity).toBeGreaterThan(0);
    }
  });

  it('say what each span is about, by the conventions', () => {
    expect(one('POST /orders')).toMatchObject({
      kind: KINDS.server,
      resource: { 'service.name': 'order-api' },
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'url.path': '/orders',
        'url.scheme': 'http',
        'http.response.status_code': 202,
        'order.id': id,
      },
    });
    expect(one('RunActivity:reserveAndCharge')).toMatchObject({
      kind: KINDS.consumer,
      resource: { 'service.name': 'order-worker' },
      attributes: {
        'order.id': id,
        'order.step': 'reserve',
        'order.attempt': 1,
        temporalWorkflowId: `order-${id}`,
      },
    });
    const port = Number(new URL(system.sandbox.url).port);
    expect(one('PUT')).toMatchObject({
      kind: KINDS.client,
      attributes: {
        'http.request.method': 'PUT',
        'url.full': `${system.sandbox.url}/carrier/shipments/${id}`,
        'server.address': '127.0.0.1',
        'server.port': port,
      },
    });
    const accepted = collector
      .of(trace)
      .filter((span) => path(span)[0] === 'POST /orders' && span.name.includes('INSERT orders'));
    expect(accepted.map(({ name, kind }) => ({ name, kind }))).toEqual([
      {
        name: 'INSERT idempotency_key INSERT orders INSERT order_event INSERT outbox_event INSERT order_line',
        kind: KINDS.client,
      },
    ]);
  });

  it('show no text, no value and no query', () => {
    for (const { name, attributes } of collector.spans) {
      expect(Object.keys(attributes)).not.toContain('db.query.text');
      expect(Object.keys(attributes)).not.toContain('client.address');
      expect(JSON.stringify(attributes['url.full'] ?? '')).not.toContain('?');
      expect(name).not.toMatch(/[?$']/);
    }
  });

  it('are found by the lines of the log', async () => {
    const lines = await eventually(
      () =>
        system.log
          .filter((line) => line.includes(id))
          .map((line): Record<string, unknown> => JSON.parse(line)),
      (found) => found.some(({ msg }) => msg === 'answered'),
    );
    const ids = new Set(collector.of(trace).map(({ spanId }) => spanId));
    const ours = lines.filter(({ event, msg }) => event === 'order.accepted' || msg === 'answered');
    expect(ours.length).toBeGreaterThan(1);
    for (const line of ours.filter(({ trace_id: found }) => found === trace))
      expect(ids).toContain(line['span_id']);
    expect(ours).toContainEqual(expect.objectContaining({ msg: 'answered', trace_id: trace }));
    expect(ours).toContainEqual(expect.objectContaining({ msg: 'accepted', trace_id: trace }));
  });

  it('end with a wait; the webhook that ends it has another trace, linked to the first', async () => {
    await system.carrierSays(id, 'delivered');
    const notice = await collector.about(id, 'RunActivity:closeWithDeliveryNotice');
    expect(notice.traceId).not.toBe(trace);
    const above = await eventually(
      () => path(notice),
      ([root]) => root === 'POST /webhooks/deliveries',
    );
    expect(above.slice(0, 2)).toEqual(['POST /webhooks/deliveries', 'SignalWorkflow:shipmentReported']);
    expect(notice.links.map(({ traceId }) => traceId)).toContain(trace);
    await system.until(id, ({ status }) => status === 'delivered');
  });

  it('go on with the trace of the caller, and take its decision not to be kept', async () => {
    const caller = randomUUID().replaceAll('-', '');
    const read = (flags: string, of: string) =>
      system.http.get(`/orders/${id}`).set('traceparent', `00-${of}-00f067aa0ba902b7-${flags}`).expect(200);
    const dropped = randomUUID().replaceAll('-', '');
    await read('00', dropped);
    await read('01', caller);
    const [span] = await eventually(
      () => collector.of(caller).filter(({ name }) => name === 'GET /orders/{id}'),
      (found) => found.length > 0,
    );
    expect(span?.parentSpanId).toBe('00f067aa0ba902b7');
    expect(collector.of(dropped)).toEqual([]);
  });

  it('call a failure by its code, and show each attempt', async () => {
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 1 });
    const { id: failing } = await system.place();
    const attempts = await eventually(
      () =>
        collector.spans.filter(
          ({ name, attributes }) =>
            name === 'RunActivity:createShipment' && attributes['order.id'] === failing,
        ),
      ({ length }) => length === 2,
    );
    const [failed, done] = attempts.toSorted((a, b) => attemptOf(a) - attemptOf(b));
    expect(failed).toMatchObject({
      status: { code: FAILED },
      attributes: { 'order.attempt': 1, 'order.failure': 'Outage', 'error.type': 'carrier_error' },
    });
    expect(failed?.status?.message).toBeUndefined();
    expect(done).toMatchObject({ traceId: failed?.traceId, attributes: { 'order.attempt': 2 } });
    expect(done?.status?.code).toBe(0);
  });
});
