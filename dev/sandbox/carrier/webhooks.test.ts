import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import { carrierEventSchema } from '#libs/shipping/carrier-protocol';
import { CarrierClient } from '#libs/shipping/carrier.client';

import type { Sandbox, SandboxOptions } from '../sandbox.js';
import { savedStateSchema } from '../sandbox-state.js';
import { CARRIER_SECRET, post, shipments, startTestSandbox } from '../test-sandbox.js';
import { WebhookReceiver } from '../test-webhook-receiver.js';
import type { StoredParcel } from './parcel.js';

const ORDER = orderId('019aa0d4-0000-7000-8000-000000000001');
const POLICY = { firstPause: 10, longestPause: 40, giveUpAfter: 5_000 };

interface Received {
  readonly id: string;
  readonly type: string;
  readonly trackingNumber: string;
}

const signer = new Webhook(CARRIER_SECRET);
const shop = new WebhookReceiver<Received>(202, (body, headers) => {
  const id = String(headers['webhook-id']);
  const event = carrierEventSchema.parse(
    signer.verify(body.toString(), {
      'webhook-id': id,
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    }),
  );
  return { id, type: event.type, trackingNumber: event.trackingNumber };
});
let sandbox: Sandbox;
let folder: string;

beforeEach(async () => {
  shop.received.length = 0;
  shop.status = 202;
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  await shop.open();
});
afterEach(async () => {
  await sandbox.close();
  await shop.close();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<void> {
  sandbox = await startTestSandbox({
    carrierWebhookUrl: `http://127.0.0.1:${shop.port}/webhooks/deliveries`,
    webhookPolicy: POLICY,
    ...options,
  });
}

async function ship(postalCode = '10115'): Promise<string> {
  const { trackingNumber } = await new CarrierClient({
    url: `${sandbox.url}/carrier`,
    timeout: 2_000,
  }).createShipment({
    reference: ORDER,
    recipient: {
      name: 'Ada Byron',
      line1: '1 Analytical Way',
      line2: null,
      city: 'Berlin',
      postalCode,
      region: null,
      country: 'DE',
      phone: null,
    },
    items: [{ sku: 'MUG-BLUE', quantity: 1 }],
  });
  return trackingNumber;
}

function report(trackingNumber: string, type: string): Promise<Response> {
  return post(`${sandbox.url}/sandbox/shipments/${trackingNumber}/events`, { type });
}

/** Lets `milliseconds` pass on the journeys of a sandbox that is stopped. */
async function letPass(milliseconds: number, stateFile: string): Promise<void> {
  const state = savedStateSchema.parse(JSON.parse(await readFile(stateFile, 'utf8')));
  for (const stop of Object.values(state.stops)) stop.dueAt -= milliseconds;
  await writeFile(stateFile, JSON.stringify(state));
}

async function shown(): Promise<StoredParcel | undefined> {
  return (await shipments(sandbox))[0];
}

describe('parcels that move by themselves', () => {
  it.each([
    ['10115', ['shipment.picked_up', 'shipment.delivered'], 'delivered'],
    [
      '00001',
      ['shipment.picked_up', 'shipment.in_transit', 'shipment.delivery_failed', 'shipment.delivered'],
      'delivered',
    ],
    ['00002', ['shipment.picked_up', 'shipment.returned'], 'returned'],
    ['00003', ['shipment.picked_up'], 'picked_up'],
  ])('go to %s by %j', async (postalCode, types, status) => {
    await start({ deliveryAfter: 80 });
    const trackingNumber = await ship(postalCode);
    await expect.poll(() => shop.types, { timeout: 5_000 }).toEqual(types);
    expect(shop.received.every((event) => event.trackingNumber === trackingNumber)).toBe(true);
    await expect
      .poll(async () => (await shown())?.events.map(({ webhook }) => webhook))
      .toEqual(types.map(() => 'accepted'));
    expect((await shown())?.status).toBe(status);
  });

  it('are delivered at once when nothing is to be waited for', async () => {
    await start({ deliveryAfter: 0 });
    await ship();
    await expect.poll(() => shop.types).toEqual(['shipment.picked_up', 'shipment.delivered']);
  });

  it('resume where they were after a restart', async () => {
    const stateFile = join(folder, 'sandbox.json');
    await start({ deliveryAfter: 60_000, stateFile });
    await ship();
    await sandbox.close();
    expect(shop.types).toEqual([]);
    await letPass(60_000, stateFile);
    await start({ deliveryAfter: 60_000, stateFile });
    await expect.poll(() => shop.types).toEqual(['shipment.picked_up', 'shipment.delivered']);
  });

  it('stop when they are cancelled', async () => {
    await start({ deliveryAfter: 60_000 });
    const trackingNumber = await ship();
    await new CarrierClient({ url: `${sandbox.url}/carrier`, timeout: 2_000 }).cancelShipment(ORDER);
    await report(trackingNumber, 'shipment.returned');
    await expect.poll(() => shop.types).toEqual(['shipment.returned']);
  });
});

describe('parcels that are moved by hand', () => {
  it('report the move at once, and keep the rest of their journey', async () => {
    const stateFile = join(folder, 'sandbox.json');
    await start({ deliveryAfter: 60_000, stateFile });
    const trackingNumber = await ship();
    const answer = await report(trackingNumber, 'shipment.in_transit');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ trackingNumber, status: 'in_transit' });
    await expect.poll(() => shop.types).toEqual(['shipment.in_transit']);
    await sandbox.close();
    await letPass(60_000, stateFile);
    await start({ deliveryAfter: 60_000, stateFile });
    await expect.poll(() => shop.types).toEqual(['shipment.in_transit', 'shipment.delivered']);
  });

  it('do not go back, but may report late and twice', async () => {
    await start();
    const trackingNumber = await ship();
    for (const type of ['shipment.delivered', 'shipment.picked_up', 'shipment.delivered']) {
      await report(trackingNumber, type);
    }
    await expect.poll(() => shop.types).toHaveLength(3);
    expect(new Set(shop.received.map(({ id }) => id)).size).toBe(3);
    expect((await shown())?.status).toBe('delivered');
  });

  it('answer problems for unknown parcels and events', async () => {
    await start();
    expect((await report('SBX0', 'shipment.delivered')).status).toBe(404);
    expect((await report(await ship(), 'shipment.eaten')).status).toBe(400);
  });
});

describe('webhooks', () => {
  it('are sent again under the same id until they are accepted', async () => {
    await start();
    shop.status = 500;
    await report(await ship(), 'shipment.picked_up');
    await expect.poll(() => shop.received.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(3);
    shop.status = 202;
    await expect.poll(async () => (await shown())?.events[0]?.webhook).toBe('accepted');
    expect(new Set(shop.received.map(({ id }) => id)).size).toBe(1);
  });

  it('wait for a shop that is closed, over a restart', async () => {
    const stateFile = join(folder, 'sandbox.json');
    await start({ stateFile });
    shop.away = true;
    await report(await ship(), 'shipment.picked_up');
    await sandbox.close();
    shop.away = false;
    await start({ stateFile });
    await expect.poll(() => shop.types, { timeout: 5_000 }).toEqual(['shipment.picked_up']);
  });

  it('are given up after a while', async () => {
    await start({ webhookPolicy: { firstPause: 5, longestPause: 5, giveUpAfter: 30 } });
    shop.status = 500;
    await report(await ship(), 'shipment.picked_up');
    await expect.poll(async () => (await shown())?.events[0]?.webhook).toBe('given_up');
  });
});
