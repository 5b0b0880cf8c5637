import { randomUUID } from 'node:crypto';

import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { play } from '../../dev/sandbox/test-gateway.js';
import { PAYMENT_SECRET } from '../../dev/sandbox/test-sandbox.js';
import { paymentSyncWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { orderId } from '#libs/domain/order/order-id';
import { type Database, openDatabase } from '#libs/persistence/database/database';

import { eventually } from '../support/eventually.js';
import { NEXT_PAYMENT_SECRET, useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe("the payment provider's events", () => {
  let system: System;
  let database: Database;
  useSharedSystem((opened) => {
    system = opened;
  });
  beforeAll(async () => {
    database = openDatabase(system.databaseUrl, 2);
  });
  afterAll(async () => {
    await database.$disconnect();
  });

  const eventWith = (changes: Record<string, unknown> = {}) => ({
    id: `evt_${randomUUID()}`,
    object: 'event',
    type: 'payment_intent.succeeded',
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    data: { object: { id: `pi_${randomUUID()}`, object: 'payment_intent' } },
    ...changes,
  });
  const sign = (payload: string, secret = PAYMENT_SECRET, timestamp = Math.floor(Date.now() / 1_000)) =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  const send = (payload: string, signature: string | null) =>
    fetch(`${system.url}/webhooks/stripe`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(signature ? { 'stripe-signature': signature } : {}),
      },
      body: payload,
    });
  const stored = (eventId: string) => database.inboxEvent.findMany({ where: { eventId } });
  const answer = async (response: Response) => {
    const body: unknown = response.headers.get('content-type')?.includes('json')
      ? await response.json()
      : await response.text();
    return { status: response.status, body };
  };

  it.each([PAYMENT_SECRET, NEXT_PAYMENT_SECRET])(
    'are stored when they are signed with %s',
    async (secret) => {
      const event = eventWith();
      const payload = JSON.stringify(event);
      expect(await answer(await send(payload, sign(payload, secret)))).toEqual({ status: 202, body: '' });
      expect(await stored(event.id)).toMatchObject([
        {
          provider: 'stripe',
          type: event.type,
          objectId: event.data.object.id,
          orderId: null,
          appliedAt: null,
        },
      ]);
    },
  );

  it('are stored and ignored when they are thin, or of an unknown type', async () => {
    const thin = {
      id: `evt_${randomUUID()}`,
      object: 'v2.core.event',
      type: 'v1.billing.meter.error_report_triggered',
      created: '2026-01-01T12:00:00.000Z',
      livemode: false,
      related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
    };
    for (const body of [thin, {}]) {
      const payload = JSON.stringify(body);
      expect(await answer(await send(payload, sign(payload)))).toEqual({ status: 202, body: '' });
    }
    expect(await stored(thin.id)).toMatchObject([
      { type: thin.type, objectId: thin.id, verdict: 'ignored', orderId: null, appliedAt: expect.any(Date) },
    ]);
    const { body } = await system.http.get('/unmatched-events').query({ provider: 'stripe' }).expect(200);
    expect(body.data).toContainEqual(
      expect.objectContaining({ eventId: thin.id, type: thin.type, objectId: null, reason: 'unknown_type' }),
    );
  });

  it.each([
    ['with another secret', (payload: string) => sign(payload, 'whsec_nobody_knows')],
    ['for another body', (payload: string) => sign(`${payload} `)],
    [
      'ten minutes ago',
      (payload: string) => sign(payload, PAYMENT_SECRET, Math.floor(Date.now() / 1_000) - 600),
    ],
    ['with words', () => 'trust me'],
    ['not at all', () => null],
  ])('are refused when they are signed %s', async (_, signature) => {
    const event = eventWith();
    const payload = JSON.stringify(event);
    expect(await answer(await send(payload, signature(payload)))).toMatchObject({
      status: 401,
      body: { type: '/problems/invalid_signature' },
    });
    expect(await stored(event.id)).toEqual([]);
  });

  it('are refused when they are of the other mode, or cannot be read', async () => {
    const live = eventWith({ livemode: true });
    for (const [payload, status, code] of [
      [JSON.stringify(live), 400, 'wrong_livemode'],
      ['{', 400, 'malformed_body'],
      ['', 400, 'malformed_body'],
      [JSON.stringify(eventWith({ data: null })), 400, 'invalid_request'],
      [' '.repeat(600_000), 413, 'body_too_large'],
    ] as const) {
      expect(await answer(await send(payload, sign(payload)))).toMatchObject({
        status,
        body: { type: `/problems/${code}` },
      });
    }
    expect(await stored(live.id)).toEqual([]);
  });

  it('may be long, as those of disputes are', async () => {
    const event = eventWith();
    const payload = JSON.stringify({ ...event, evidence: 'x'.repeat(200_000) });
    expect((await send(payload, sign(payload))).status).toBe(202);
  });

  it('are kept and settled at once when their type is unknown', async () => {
    const event = eventWith({ type: 'customer.created' });
    const payload = JSON.stringify(event);
    expect((await send(payload, sign(payload))).status).toBe(202);
    expect(await stored(event.id)).toMatchObject([{ verdict: 'ignored', appliedAt: expect.any(Date) }]);
  });

  it('book a payment that the shopper confirmed, and the run is signalled', async () => {
    const { id } = await system.place({ payment: { method: 'pm_card_authenticationRequired' } });
    await system.until(id, ({ payment }) => payment === 'requires_action');
    const [intent] = await system.intents(id);
    await play(system.sandbox, `/payment-intents/${intent?.id}/shopper`, { does: 'authenticate' });
    // Its run would ask by itself after a while that is longer than this.
    await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
    const events = await eventually(
      () => database.inboxEvent.findMany({ where: { objectId: intent?.id ?? '' } }),
      (rows) => rows.length > 0 && rows.every(({ appliedAt }) => appliedAt !== null),
    );
    expect(events.every((row) => row.orderId === id)).toBe(true);
  });

  it('are synced by the sweeper when no run was signalled', async () => {
    const { id } = await system.place();
    await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
    const [intent] = await system.intents(id);
    // As one is that came before the order had its intent, or whose signal was lost.
    const event = {
      provider: 'stripe',
      eventId: `evt_${randomUUID()}`,
      type: 'payment_intent.succeeded',
      objectId: intent?.id ?? '',
      occurredAt: new Date(),
      receivedAt: new Date(Date.now() - 60_000),
    };
    await database.inboxEvent.create({ data: event });
    await eventually(
      () => stored(event.eventId),
      ([row]) => row?.verdict === 'known',
      10_000,
    );
  });

  it('are not synced where the books have it already', async () => {
    const { id } = await system.place();
    await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
    const [intent] = await system.intents(id);
    const event = eventWith({ data: { object: { id: intent?.id, object: 'payment_intent' } } });
    const payload = JSON.stringify(event);
    expect((await send(payload, sign(payload))).status).toBe(202);
    expect(await stored(event.id)).toMatchObject([{ verdict: 'known', orderId: id }]);
    const handle = system.client.workflow.getHandle(paymentSyncWorkflowId(orderId(id)));
    await expect(handle.describe()).rejects.toThrow('not found');
  });

  it('are synced once, though one comes twenty times at once', async () => {
    const { id } = await system.place();
    await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
    const [intent] = await system.intents(id);
    const handle = system.client.workflow.getHandle(paymentSyncWorkflowId(orderId(id)));
    const event = eventWith({
      type: 'payment_intent.payment_failed',
      data: { object: { id: intent?.id, object: 'payment_intent' } },
    });
    const payload = JSON.stringify(event);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(payload, sign(payload))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await stored(event.id)).toHaveLength(1);

    const look = await eventually(
      () => handle.describe().catch(() => null),
      (run) => run?.status.name === 'COMPLETED',
    );
    const history = await system.client.workflow
      .getHandle(paymentSyncWorkflowId(orderId(id)), look?.runId)
      .fetchHistory();
    const looks = (history.events ?? []).filter((each) => each.activityTaskScheduledEventAttributes);
    expect(looks).toHaveLength(1);
    expect(await stored(event.id)).toMatchObject([{ verdict: 'known', orderId: id }]);
    expect((await system.charges())[id]).toBe(1);
  });
});
