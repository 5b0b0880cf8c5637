import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import { CarrierClient } from '#libs/shipping/carrier.client';

import type { Sandbox } from '../sandbox.js';
import { faultsLeft, post, script, shipments, startTestSandbox } from '../test-sandbox.js';

const ORDER = orderId('019aa0d4-0000-7000-8000-000000000001');
const RECIPIENT = {
  name: 'Ada Byron',
  line1: '1 Analytical Way',
  line2: null,
  city: 'Berlin',
  postalCode: '10115',
  region: null,
  country: 'DE',
  phone: null,
};

let sandbox: Sandbox;
let carrier: CarrierClient;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  carrier = new CarrierClient({ url: `${sandbox.url}/carrier`, timeout: 2_000 });
});
afterEach(() => sandbox.close());

const create = (postalCode: string | null = RECIPIENT.postalCode) =>
  carrier.createShipment({
    reference: ORDER,
    recipient: { ...RECIPIENT, postalCode },
    items: [{ sku: 'MUG-BLUE', quantity: 2 }],
  });

describe('the carrier, through its client', () => {
  it('makes one parcel for a reference, however often it is called', async () => {
    const parcel = await create();
    expect(parcel).toMatchObject({ status: 'label_created', carrier: 'Sandbox Parcel' });
    expect(await create()).toEqual(parcel);
    expect(await carrier.findShipment(ORDER)).toEqual(parcel);
    expect(await shipments(sandbox)).toHaveLength(1);
  });

  it('has a tracking page, and needs no postal code in a country without them', async () => {
    const { trackingNumber, trackingUrl } = await create(null);
    expect(trackingUrl).toMatch(new RegExp(`^https://.*/${trackingNumber}$`));
  });

  it('looks up by tracking number, too', async () => {
    const { trackingNumber } = await create();
    const lookup = `${sandbox.url}/carrier/shipments?trackingNumber=`;
    const found = await fetch(`${lookup}${trackingNumber}`);
    expect(await found.json()).toMatchObject({ reference: ORDER, trackingNumber });
    expect((await fetch(`${lookup}SBX0`)).status).toBe(404);
  });

  it('has no parcel for a reference that was never used', async () => {
    expect(await carrier.findShipment(ORDER)).toBeNull();
  });

  it('refuses the address for refusals', async () => {
    await expect(create('00000')).rejects.toMatchObject({ name: 'Refusal', code: 'address_refused' });
    expect(await shipments(sandbox)).toEqual([]);
  });

  it('cancels a parcel, also twice, and makes no other under its reference', async () => {
    await create();
    expect(await carrier.cancelShipment(ORDER)).toBe('cancelled');
    expect(await carrier.cancelShipment(ORDER)).toBe('cancelled');
    expect(await carrier.findShipment(ORDER)).toMatchObject({ status: 'cancelled' });
    await expect(create()).rejects.toMatchObject({ code: 'reference_cancelled' });
  });

  it('closes a reference before anything was created under it', async () => {
    expect(await carrier.cancelShipment(ORDER)).toBe('cancelled');
    await expect(create()).rejects.toMatchObject({ name: 'Refusal', code: 'reference_cancelled' });
    expect(await carrier.findShipment(ORDER)).toBeNull();
  });

  it('is too late to cancel what was picked up', async () => {
    const { trackingNumber } = await create();
    await post(`${sandbox.url}/sandbox/shipments/${trackingNumber}/events`, { type: 'shipment.picked_up' });
    expect(await carrier.cancelShipment(ORDER)).toBe('too_late');
    expect(await carrier.findShipment(ORDER)).toMatchObject({ status: 'picked_up' });
  });

  it.each([
    ['500', 'carrier_error', 0],
    ['429', 'carrier_rate_limited', 0],
    ['never', 'carrier_timeout', 0],
    ['drop_before', 'carrier_unreachable', 0],
    ['drop_after', 'carrier_unreachable', 1],
  ])('meets the fault %s as the outage %s', async (fault, code, parcels) => {
    // Only where no answer comes is one not waited for.
    const hasty = new CarrierClient({
      url: `${sandbox.url}/carrier`,
      timeout: fault === 'never' ? 250 : 10_000,
    });
    await script(sandbox, { operation: 'shipments.create', fault });
    await expect(
      hasty.createShipment({ reference: ORDER, recipient: RECIPIENT, items: [{ sku: 'A', quantity: 1 }] }),
    ).rejects.toMatchObject({ name: 'Outage', code });
    expect(await shipments(sandbox)).toHaveLength(parcels);
    await create();
    expect(await shipments(sandbox)).toHaveLength(1);
  });

  it('receives scripted refusals in the form of each operation', async () => {
    await script(sandbox, { operation: 'shipments.create', fault: 'refuse' });
    await expect(create()).rejects.toMatchObject({ code: 'address_refused' });
    await script(sandbox, { operation: 'shipments.cancel', fault: 'refuse' });
    expect(await carrier.cancelShipment(ORDER)).toBe('too_late');
    await script(sandbox, { operation: 'shipments.lookup', fault: 'refuse' });
    await expect(carrier.findShipment(ORDER)).rejects.toMatchObject({ code: 'lookup_refused' });
  });

  it('refuses a slow create whose reference was cancelled meanwhile', async () => {
    carrier = new CarrierClient({ url: `${sandbox.url}/carrier`, timeout: 10_000 });
    await script(sandbox, { operation: 'shipments.create', fault: 'slow', delay: 1_500 });
    const late = create().catch((error: unknown) => error);
    await expect.poll(() => faultsLeft(sandbox)).toBe(0);
    await carrier.cancelShipment(ORDER);
    expect(await late).toMatchObject({ code: 'reference_cancelled' });
  });

  it('meets a carrier that is down as an outage', async () => {
    const nowhere = new CarrierClient({ url: 'http://127.0.0.1:9', timeout: 1_000 });
    await expect(nowhere.findShipment(ORDER)).rejects.toMatchObject({
      name: 'Outage',
      code: 'carrier_unreachable',
    });
  });
});
