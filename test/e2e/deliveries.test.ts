import { randomUUID } from 'node:crypto';

import { Webhook } from 'standardwebhooks';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { CARRIER_SECRET } from '../../dev/sandbox/test-sandbox.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('the carrier’s webhooks', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  const signer = new Webhook(CARRIER_SECRET);
  const send = (
    body: string,
    { id = randomUUID(), at = new Date(), signature = signer.sign(id, at, body) } = {},
  ) =>
    supertest(system.url)
      .post('/webhooks/deliveries')
      .set('Content-Type', 'application/json')
      .set('webhook-id', id)
      .set('webhook-timestamp', String(Math.floor(at.getTime() / 1000)))
      .set('webhook-signature', signature)
      .send(body);
  const event = (type: string, trackingNumber: string) =>
    JSON.stringify({ type, trackingNumber, occurredAt: new Date().toISOString() });
  const labelled = async () => {
    const { id } = await system.place();
    const order = await system.until(id, ({ shipments }) => shipments.length > 0);
    return { id, trackingNumber: order.shipments[0]?.trackingNumber ?? '' };
  };

  it('move an order along, each once', async () => {
    const { id, trackingNumber } = await labelled();
    const pickedUp = event('shipment.picked_up', trackingNumber);
    const webhookId = randomUUID();
    await Promise.all(Array.from({ length: 10 }, () => send(pickedUp, { id: webhookId }).expect(202)));
    expect(await system.order(id)).toMatchObject({ status: 'shipped', fulfilment: 'shipped' });
    await send(event('shipment.in_transit', trackingNumber)).expect(202);
    await send(event('shipment.delivered', trackingNumber)).expect(202);
    expect(await system.order(id)).toMatchObject({ status: 'delivered' });
    const types = await system.eventTypes(id);
    expect(types.filter((type) => type === 'shipment.picked_up')).toHaveLength(1);
    await system.until(id, ({ waitingFor }) => waitingFor === null);
  });

  it.each([
    [
      'signed with another secret',
      (body: string) => ({
        signature: new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).sign('x', new Date(), body),
      }),
    ],
    ['signed six minutes ago', () => ({ at: new Date(Date.now() - 360_000) })],
    ['signed six minutes ahead', () => ({ at: new Date(Date.now() + 360_000) })],
  ])('are refused when %s, and nothing is stored', async (_what, how) => {
    const { id, trackingNumber } = await labelled();
    const body = event('shipment.delivered', trackingNumber);
    const response = await send(body, how(body));
    expect(response).toMatchObject({ status: 401, body: { code: 'invalid_signature' } });
    expect(await system.order(id)).toMatchObject({ status: 'confirmed' });
    await send(event('shipment.delivered', trackingNumber)).expect(202);
  });

  it('are refused when the body was changed on the way', async () => {
    const { id, trackingNumber } = await labelled();
    const body = event('shipment.picked_up', trackingNumber);
    const at = new Date();
    const webhookId = randomUUID();
    const signature = signer.sign(webhookId, at, body);
    await send(body.replace('picked_up', 'delivered'), { id: webhookId, at, signature }).expect(401);
    expect(await system.order(id)).toMatchObject({ status: 'confirmed' });
    await send(event('shipment.delivered', trackingNumber)).expect(202);
  });

  it('are kept, logged and listed when their type or their parcel is not known', async () => {
    const parcel = `TRK-${randomUUID()}`;
    const [weighed, arrived] = [randomUUID(), randomUUID()];
    const of = (id: string) => ({ 'X-Request-Id': `request-${id}` });
    await send(event('shipment.weighed', parcel), { id: weighed }).set(of(weighed)).expect(202);
    await send(event('shipment.delivered', parcel), { id: arrived }).set(of(arrived)).expect(202);
    await send(event('shipment.delivered', parcel), { id: arrived }).set(of(arrived)).expect(202);

    const list = (query: object) => system.http.get('/unmatched-events').query(query).expect(200);
    const { body: page } = await list({ provider: 'carrier', limit: 1 });
    const { body: rest } = await list({ provider: 'carrier', limit: 1, cursor: page.nextCursor });
    expect([...page.data, ...rest.data]).toMatchObject([
      {
        provider: 'carrier',
        eventId: arrived,
        type: 'shipment.delivered',
        objectId: parcel,
        reason: 'unknown_object',
      },
      {
        provider: 'carrier',
        eventId: weighed,
        type: 'shipment.weighed',
        objectId: parcel,
        reason: 'unknown_type',
      },
    ]);
    expect((await list({ provider: 'stripe' })).body.data).not.toContainEqual(
      expect.objectContaining({ objectId: parcel }),
    );
    const warned = system.log
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter(({ trackingNumber, level }) => trackingNumber === parcel && level === 40);
    expect(warned).toMatchObject([
      { type: 'shipment.weighed', event: weighed, requestId: `request-${weighed}` },
      { type: 'shipment.delivered', event: arrived, requestId: `request-${arrived}` },
      { type: 'shipment.delivered', event: arrived, requestId: `request-${arrived}` },
    ]);
  });
});
