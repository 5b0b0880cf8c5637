import { randomUUID } from 'node:crypto';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { script } from '../../dev/sandbox/test-sandbox.js';
import { answered } from '#libs/client/shop-client';

import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('an order that waits for a person', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  it('is found, explained, and resumed when an operator answers', async () => {
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 2 });
    const { id } = await system.place();
    const parked = await system.until(id, ({ attention }) => attention.length > 0);
    expect(parked).toMatchObject({
      status: 'confirmed',
      attention: [{ kind: 'parked', step: 'ship', reason: 'carrier_error', resolutions: ['retry', 'fail'] }],
      waitingFor: { step: 'ship', attempt: 2, nextTryAt: null, lastError: 'carrier_error' },
    });
    const query = { attention: 'open' } as const;
    const { data: found } = await answered(system.shop.GET('/orders', { params: { query } }));
    expect(found.map((order) => order.id)).toContain(id);
    expect(found.filter(({ attention }) => attention.length === 0)).toEqual([]);

    const path = `/orders/${id}/attention/${parked.attention[0]?.id}/resolution`;
    const shop = await system.store.apiKeys.create('frontend', ['read', 'write']);
    await supertest(system.url)
      .post(path)
      .set('Authorization', `Bearer ${shop}`)
      .send({ action: 'retry' })
      .expect(403);
    const illegal = await system.http.post(path).send({ action: 'skip' });
    expect(illegal).toMatchObject({ status: 409, body: { code: 'illegal_resolution' } });
    await system.http
      .post(`/orders/${id}/attention/${randomUUID()}/resolution`)
      .send({ action: 'retry' })
      .expect(404);

    const address = { id, attentionId: parked.attention[0]?.id ?? '' };
    await answered(
      system.shop.POST('/orders/{id}/attention/{attentionId}/resolution', {
        params: { path: address },
        body: { action: 'retry', note: 'the carrier is back' },
      }),
    );
    await system.http.post(path).send({ action: 'retry' }).expect(409);
    await system.carrierSays(id, 'delivered');
    await system.until(id, ({ status }) => status === 'delivered');
    const params = { path: { id } };
    const { data: all } = await answered(system.shop.GET('/orders/{id}/attention', { params }));
    expect(all).toMatchObject([
      {
        kind: 'parked',
        resolutions: [],
        resolution: {
          action: 'retry',
          by: 'service:shop',
          note: 'the carrier is back',
          appliedAt: expect.stringMatching(/Z$/),
        },
      },
    ]);
    const { data: trail } = await answered(system.shop.GET('/orders/{id}/events', { params }));
    expect(trail.find((event) => event.type === 'attention.resolved')).toMatchObject({
      actor: 'service:shop',
      changes: { step: 'ship', action: 'retry' },
    });
  });

  it('reports a terminated run; its answer, and a cancellation request, take effect', async () => {
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 2 });
    const paid = await system.place();
    await system.until(paid.id, ({ attention }) => attention.some(({ step }) => step === 'ship'));
    const waiting = await system.place({ payment: { method: 'pm_card_threeDSecure2Required' } });
    await system.until(waiting.id, ({ payment }) => payment === 'requires_action');
    for (const { id } of [paid, waiting])
      await system.client.workflow.getHandle(`order-${id}`).terminate('by hand');

    const isLost = ({ kind }: { kind: string }) => kind === 'run_closed';
    const lost = await system.until(paid.id, ({ attention }) => attention.some(isLost));
    await system.until(waiting.id, ({ attention }) => attention.some(isLost));
    await system.http.post(`/orders/${waiting.id}/cancellation`).expect(202);
    await system.until(waiting.id, ({ status }) => status === 'cancelled');

    const path = `/orders/${paid.id}/attention/${lost.attention.find(isLost)?.id}/resolution`;
    await system.http.post(path).send({ action: 'restart' }).expect(202);
    await system.carrierSays(paid.id, 'delivered');
    expect(await system.until(paid.id, ({ status }) => status === 'delivered')).toMatchObject({
      payment: 'captured',
      attention: [],
    });
    expect(await system.intents(paid.id)).toMatchObject([{ status: 'succeeded' }]);
  });
});
