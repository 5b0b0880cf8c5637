import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';

import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('a request while an order is processed', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  const once = () => ({ 'Idempotency-Key': randomUUID() });
  const cancel = (id: string) =>
    answered(system.shop.POST('/orders/{id}/cancellation', { params: { path: { id } } }));
  const readyToShip = async () => {
    const { id } = await system.place();
    return system.until(id, ({ fulfilment }) => fulfilment === 'ready');
  };

  it('is done: an order is cancelled before its parcel is picked up', async () => {
    const { id } = await readyToShip();
    await cancel(id);
    await system.until(id, ({ status }) => status === 'cancelled', 20_000);
    const params = { path: { id } };
    const cancellation = await answered(system.shop.GET('/orders/{id}/cancellation', { params }));
    expect(cancellation).toMatchObject({ state: 'accepted', code: null });
    expect(await system.until(id, ({ payment }) => payment === 'refunded')).toMatchObject({
      fulfilment: 'released',
      refunded: 3980,
      pendingRefunds: 0,
    });
  });

  it('is done: a part of the money goes back', async () => {
    const order = await readyToShip();
    const lines = [{ lineId: order.lines[0]?.id ?? '', quantity: 1 }];
    const { id: refundId, amount } = await answered(
      system.shop.POST('/orders/{id}/refunds', {
        params: { path: { id: order.id }, header: once() },
        body: { lines, reason: 'damaged', restock: false },
      }),
    );
    expect(amount).toBe(1990);
    const after = await system.until(order.id, ({ payment }) => payment === 'partially_refunded', 20_000);
    expect(after).toMatchObject({ status: 'confirmed', refunded: 1990, pendingRefunds: 0 });
    const params = { path: { id: order.id, refundId } };
    const refund = await answered(system.shop.GET('/orders/{id}/refunds/{refundId}', { params }));
    expect(refund.state).toBe('succeeded');
  });

  it('is done: a shopper who must authenticate is given what it takes, and may cancel instead', async () => {
    const { id } = await system.place({ payment: { method: 'pm_card_threeDSecure2Required' } });
    await system.until(id, ({ payment }) => payment === 'requires_action');
    const params = { path: { id } };
    const secret = await answered(system.shop.GET('/orders/{id}/payment/client-secret', { params }));
    const [intent] = await system.intents(id);
    expect(secret).toEqual({ clientSecret: intent?.client_secret });
    const { events } = await system.client.workflow.getHandle(`order-${id}`).fetchHistory();
    expect(JSON.stringify(events)).not.toContain(intent?.client_secret);
    expect(system.log.join('\n')).not.toContain(intent?.client_secret);
    await cancel(id);
    expect(await system.until(id, ({ status }) => status === 'cancelled', 20_000)).toMatchObject({
      payment: 'voided',
    });
  });

  it('is done: another card is tried after a decline', async () => {
    const { id } = await system.place({ payment: { method: 'pm_card_chargeDeclined' } });
    await system.until(id, ({ payment }) => payment === 'declined');
    await answered(
      system.shop.POST('/orders/{id}/payment-attempts', {
        params: { path: { id }, header: once() },
        body: { method: 'pm_card_visa' },
      }),
    );
    expect(await system.until(id, ({ fulfilment }) => fulfilment === 'ready', 20_000)).toMatchObject({
      payment: 'captured',
      attempt: 2,
    });
  });
});
