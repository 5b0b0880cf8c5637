import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { Sandbox, SandboxOptions } from '../sandbox.js';
import { confirmed, play, stripeOf } from '../test-gateway.js';
import { PAYMENT_SECRET, startTestSandbox } from '../test-sandbox.js';
import { WebhookReceiver } from '../test-webhook-receiver.js';

const POLICY = { firstPause: 10, longestPause: 40, giveUpAfter: 5_000 };

let shop: WebhookReceiver<Stripe.Event>;
let sandbox: Sandbox;
let stripe: Stripe;
let folder: string;

beforeEach(async () => {
  shop = new WebhookReceiver(200, (body, headers) =>
    Stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), PAYMENT_SECRET),
  );
  await shop.open();
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterEach(async () => {
  await sandbox.close();
  await shop.close();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<void> {
  sandbox = await startTestSandbox({
    gatewayWebhooks: { url: `http://127.0.0.1:${shop.port}/webhooks/stripe`, secret: PAYMENT_SECRET },
    webhookPolicy: POLICY,
    ...options,
  });
  stripe = stripeOf(sandbox);
}

async function deliver(mode: string, delay?: number): Promise<void> {
  const response = await fetch(`${sandbox.url}/sandbox/event-delivery`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode, ...(delay !== undefined && { delay }) }),
  });
  expect(response.status).toBe(200);
}

/** The sandbox's overview of its events, oldest first. */
async function shown() {
  const response = await fetch(`${sandbox.url}/sandbox/events`);
  const deliveries = z.object({ waiting: z.int(), accepted: z.int(), givenUp: z.int() });
  const event = z.object({ id: z.string(), type: z.string(), deliveries });
  return z
    .object({ data: z.array(event) })
    .parse(await response.json())
    .data.reverse();
}

const happened = async () => (await shown()).map(({ type }) => type);

describe('events', () => {
  it('are sent as they happen, signed, with the object as it was then', async () => {
    await start();
    const { id } = await confirmed(stripe, 'pm_card_visa', { metadata: { orderId: 'o-1' } });
    await expect.poll(() => shop.types).toEqual(['payment_intent.succeeded']);
    expect(shop.received[0]).toMatchObject({
      object: 'event',
      api_version: Stripe.API_VERSION,
      livemode: false,
      pending_webhooks: 1,
      data: { object: { id, status: 'succeeded', metadata: { orderId: 'o-1' } } },
    });
    await expect
      .poll(async () => (await shown())[0]?.deliveries)
      .toEqual({
        waiting: 0,
        accepted: 1,
        givenUp: 0,
      });
    const [event] = shop.received;
    expect(await stripe.events.retrieve(event?.id ?? '')).toMatchObject({ pending_webhooks: 0 });
    expect((await stripe.events.list({ types: ['charge.refunded'] })).data).toEqual([]);
    expect((await stripe.events.list({ type: 'payment_intent.succeeded' })).data).toHaveLength(1);
  });

  it.each([
    ['pm_card_visa', ['payment_intent.succeeded']],
    ['pm_card_authenticationRequired', ['payment_intent.requires_action']],
    ['pm_sandbox_processing', ['payment_intent.processing']],
    [
      'pm_card_createDispute',
      ['payment_intent.succeeded', 'charge.dispute.created', 'charge.dispute.funds_withdrawn'],
    ],
  ])('follow from paying with %s', async (method, types) => {
    await start();
    await confirmed(stripe, method);
    expect(await happened()).toEqual(types);
  });

  it('follow from declines, holds, captures and cancellations', async () => {
    await start();
    await confirmed(stripe, 'pm_card_chargeDeclined').catch(() => {});
    const held = await confirmed(stripe, 'pm_card_visa', { capture_method: 'manual' });
    await stripe.paymentIntents.capture(held.id);
    const lapsed = await confirmed(stripe, 'pm_card_visa', { capture_method: 'manual' });
    await play(sandbox, `/payment-intents/${lapsed.id}/lapse`);
    expect(await happened()).toEqual([
      'payment_intent.payment_failed',
      'payment_intent.amount_capturable_updated',
      'payment_intent.succeeded',
      'payment_intent.amount_capturable_updated',
      'payment_intent.canceled',
    ]);
  });

  it('follow from refunds and from disputes that are closed', async () => {
    await start();
    const { id } = await confirmed(stripe, 'pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: id });
    await play(sandbox, `/refunds/${refund.id}`, { becomes: 'failed' });
    await play(sandbox, '/disputes', { payment_intent: id });
    const [dispute] = (await stripe.disputes.list()).data;
    await play(sandbox, `/disputes/${dispute?.id}`, { becomes: 'won' });
    expect((await happened()).slice(1)).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.updated',
      'refund.failed',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
  });

  it('are sent again until they are accepted', async () => {
    await start();
    shop.status = 500;
    await confirmed(stripe, 'pm_card_visa');
    await expect.poll(() => shop.received.length).toBeGreaterThanOrEqual(3);
    shop.status = 200;
    await expect.poll(async () => (await shown())[0]?.deliveries.accepted).toBe(1);
    expect(new Set(shop.received.map(({ id }) => id)).size).toBe(1);
  });

  it('are given up after a while', async () => {
    await start({ webhookPolicy: { firstPause: 5, longestPause: 5, giveUpAfter: 30 } });
    shop.status = 500;
    await confirmed(stripe, 'pm_card_visa');
    await expect.poll(async () => (await shown())[0]?.deliveries.givenUp).toBe(1);
  });

  it('wait for a shop that is closed, over a restart', async () => {
    const stateFile = join(folder, 'sandbox.json');
    await start({ stateFile });
    shop.away = true;
    await confirmed(stripe, 'pm_card_visa');
    await sandbox.close();
    shop.away = false;
    await start({ stateFile });
    await expect.poll(() => shop.types).toEqual(['payment_intent.succeeded']);
  });

  it('are sent nowhere without a webhook address', async () => {
    await start({ gatewayWebhooks: undefined });
    await confirmed(stripe, 'pm_card_visa');
    const [event] = await shown();
    expect(event?.deliveries).toEqual({ waiting: 0, accepted: 0, givenUp: 0 });
    await expect(play(sandbox, `/events/${event?.id}/deliveries`)).rejects.toThrow(/^409 /);
  });
});

describe('their delivery', () => {
  it('can be doubled', async () => {
    await start();
    await deliver('duplicated');
    await confirmed(stripe, 'pm_card_visa');
    await expect.poll(() => shop.received).toHaveLength(2);
    expect(new Set(shop.received.map(({ id }) => id)).size).toBe(1);
    await expect.poll(async () => (await shown())[0]?.deliveries.accepted).toBe(2);
  });

  it('can be late', async () => {
    await start();
    await deliver('delayed', 400);
    const asked = Date.now();
    await confirmed(stripe, 'pm_card_visa');
    await expect.poll(() => shop.received).toHaveLength(1);
    expect(Date.now() - asked).toBeGreaterThanOrEqual(390);
  });

  it('can be in the opposite order', async () => {
    await start();
    await deliver('reordered');
    await confirmed(stripe, 'pm_card_createDispute');
    await expect
      .poll(() => shop.types)
      .toEqual(['charge.dispute.funds_withdrawn', 'charge.dispute.created', 'payment_intent.succeeded']);
  });

  it('can be withheld, and sent by hand', async () => {
    await start();
    await deliver('withheld');
    await confirmed(stripe, 'pm_card_visa');
    await deliver('normal');
    await confirmed(stripe, 'pm_sandbox_processing');
    await expect.poll(() => shop.types).toEqual(['payment_intent.processing']);
    const [withheld] = await shown();
    await play(sandbox, `/events/${withheld?.id}/deliveries`);
    await expect.poll(() => shop.types).toEqual(['payment_intent.processing', 'payment_intent.succeeded']);
  });

  it('takes no mode that does not exist', async () => {
    await start();
    const response = await fetch(`${sandbox.url}/sandbox/event-delivery`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode: 'lost' }),
    });
    expect(response.status).toBe(400);
    await expect(play(sandbox, '/events/evt_0/deliveries')).rejects.toThrow(/^404 /);
  });
});
