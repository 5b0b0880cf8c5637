import { randomUUID } from 'node:crypto';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { carrierHeaders, script, shipments } from '../../dev/sandbox/test-sandbox.js';
import { orderId } from '#libs/domain/order/order-id';

import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

/** Milliseconds, on a machine that is busy. */
const PATIENCE = 50_000;

describe('the carrier’s events of a parcel, through its webhook', () => {
  let system: System;
  useSystem((opened) => {
    system = opened;
  });

  const say = async (type: string, trackingNumber: string, id = randomUUID()) => {
    const body = JSON.stringify({ type, trackingNumber, occurredAt: new Date().toISOString() });
    await supertest(system.url)
      .post('/webhooks/deliveries')
      .set(carrierHeaders(body, id))
      .send(body)
      .expect(202);
  };
  const labelled = async () => {
    const { id } = await system.place();
    const order = await system.until(id, (current) => current.shipments.length > 0, PATIENCE);
    return { id, trackingNumber: order.shipments[0]?.trackingNumber ?? '' };
  };
  const closed = (id: string) =>
    eventually(
      () => system.store.orders.get(orderId(id)),
      ({ closedAt }) => closedAt !== null,
      PATIENCE,
    );

  it('that come in the wrong order, each twice, deliver it once', async () => {
    const { id, trackingNumber } = await labelled();
    for (const type of ['shipment.delivered', 'shipment.in_transit', 'shipment.picked_up']) {
      const event = randomUUID();
      await Promise.all([say(type, trackingNumber, event), say(type, trackingNumber, event)]);
    }
    expect(await closed(id)).toMatchObject({ status: 'delivered', fulfilment: 'delivered', attention: [] });
    const types = await system.eventTypes(id);
    expect(types.filter((type) => type === 'shipment.delivered')).toHaveLength(1);
  });

  it('that come before its number is known here are applied once it is', async () => {
    // The label is made and the answer lost; until the carrier can be asked, its number is unknown here.
    await script(system.sandbox, { operation: 'shipments.create', fault: 'drop_after' });
    await script(system.sandbox, { operation: 'shipments.lookup', fault: '500', times: 1_000 });
    const { id } = await system.place();
    const parcel = await eventually(
      async () => (await shipments(system.sandbox)).find(({ reference }) => reference === id),
      (found) => found !== undefined,
      PATIENCE,
    );
    await say('shipment.picked_up', parcel?.trackingNumber ?? '');
    await say('shipment.delivered', parcel?.trackingNumber ?? '');
    expect(await system.order(id)).toMatchObject({ status: 'confirmed', shipments: [] });
    await fetch(`${system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });

    expect(await closed(id)).toMatchObject({ status: 'delivered', fulfilment: 'delivered', attention: [] });
  });

  it('that come after the end change no status, and open an attention', async () => {
    const { id, trackingNumber } = await labelled();
    await say('shipment.delivered', trackingNumber);
    await closed(id);
    await say('shipment.in_transit', trackingNumber);
    expect(await closed(id)).toMatchObject({ status: 'delivered', attention: [] });
    await say('shipment.returned', trackingNumber);
    expect(await closed(id)).toMatchObject({
      status: 'delivered',
      attention: [{ kind: 'contradicting_event' }],
    });
  });
});
