import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { script } from '../../dev/sandbox/test-sandbox.js';
import type { Bench } from '../integration/bench.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('what a shopper needs to act on a payment', () => {
  let bench: Bench;
  let system: System;
  useSharedApi((opened, store) => {
    system = opened;
    bench = store;
  });

  /** An order whose intent waits for its shopper at the gateway. */
  async function challenged(): Promise<{ id: OrderId; secret: string }> {
    const order = await bench.accepted();
    const intent = await system.stripe.paymentIntents.create({
      amount: order.totals.total,
      currency: 'eur',
      payment_method: 'pm_card_threeDSecure2Required',
      confirm: true,
      metadata: { orderId: order.id },
    });
    await bench.store.orders.change(order, () => ({
      intentId: intent.id,
      intentStatus: 'requires_action',
      event: { type: 'payment.requires_action', actor: 'gateway' },
    }));
    return { id: order.id, secret: intent.client_secret ?? '' };
  }
  const read = (id: string) => system.http.get(`/orders/${id}/payment/client-secret`);

  it('is fetched from the gateway, and kept nowhere', async () => {
    const { id, secret } = await challenged();
    const params = { path: { id } };
    const { data, response } = await system.shop.GET('/orders/{id}/payment/client-secret', { params });
    const kept = response.headers.get('cache-control');
    expect([response.status, data, kept]).toEqual([200, { clientSecret: secret }, 'no-store']);
    expect(secret).not.toBe('');
    expect(system.log.join('\n')).not.toContain(secret);
    expect(JSON.stringify([await bench.order(id), await bench.store.orders.events(id)])).not.toContain(
      secret,
    );
  });

  it('does not exist where no action is required', async () => {
    for (const { id } of [await bench.accepted(), await bench.paid()])
      expect((await read(id)).body).toMatchObject({ status: 409, code: 'no_action_required' });
    expect((await read(randomUUID())).status).toBe(404);
  });

  it('has to wait while the gateway is down', async () => {
    const { id } = await challenged();
    await script(system.sandbox, { operation: 'payment_intents.retrieve', fault: '500', times: 1 });
    const { status, headers, body } = await read(id);
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'gateway_unavailable', '5']);
    expect((await read(id)).status).toBe(200);
  });
});
