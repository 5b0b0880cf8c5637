import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { placing, timed } from '../support/prefer-wait.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('a shop that waits for the outcome', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });
  const place = (...call: Parameters<ReturnType<typeof placing>>) => placing(system)(...call);
  const paying = (method: string) => system.body({ payment: { method } });

  it('gets the confirmation of the order at once', async () => {
    const { answer, took } = await timed(() => place(system.body(), 30));
    expect(answer).toMatchObject({
      status: 201,
      headers: { location: `/orders/${answer.body.id}`, 'preference-applied': 'wait=30' },
      body: { payment: 'captured' },
    });
    expect(took).toBeLessThan(25_000);
    expect(['confirmed', 'shipped']).toContain(answer.body.status);
  });

  it('gets the decline of the payment, with the order, and may try another card', async () => {
    const { status, body, headers } = await place(paying('pm_card_chargeDeclined'), 30);
    expect({ status, code: body.code }).toEqual({ status: 402, code: 'payment_declined' });
    expect(headers).toMatchObject({
      location: `/orders/${body.orderId}`,
      'content-type': expect.stringMatching(/^application\/problem\+json/),
      'preference-applied': 'wait=30',
    });
    expect(await system.order(body.orderId)).toMatchObject({ status: 'pending', payment: 'declined' });
    await system.http
      .post(`/orders/${body.orderId}/payment-attempts`)
      .set('Idempotency-Key', randomUUID())
      .send({ method: 'pm_card_visa' })
      .expect(202);
    await system.until(body.orderId, ({ status: now }) => now === 'confirmed');
  });

  it.each([
    ['that something is out of stock', 'SOLD-OUT', 409, 'out_of_stock'],
    ['that something is not sold any more', 'RETIRED', 422, 'order_invalid'],
  ])('gets %s', async (_what, sku, status, code) => {
    const { body } = await place(system.body({ lines: [{ sku, quantity: 1 }] }), 30).expect(status);
    expect(body).toMatchObject({ code, status, type: `/problems/${code}` });
    expect(await system.order(body.orderId)).toMatchObject({ status: 'rejected' });
  });

  it('does not wait for a shopper who can only act once the shop is answered', async () => {
    const { answer, took } = await timed(() => place(paying('pm_card_threeDSecure2Required'), 30));
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending', payment: 'requires_action' } });
    expect(took).toBeLessThan(25_000);
    await system.http.post(`/orders/${answer.body.id}/cancellation`).expect(202);
    await system.until(answer.body.id, ({ status }) => status === 'cancelled');
  });

  it('gets the same again under the same key, whatever happened to the order since', async () => {
    const [key, body] = [randomUUID(), system.body()];
    const first = await place(body, 30, key).expect(201);
    const { location = '' } = first.headers;
    expect(await place(body, 30, key)).toMatchObject({ status: 201, headers: { location } });
    expect(await place(body, undefined, key)).toMatchObject({ status: 202, headers: { location } });
    await system.http.post(`${location}/cancellation`).expect(202);
    await system.until(first.body.id, ({ status }) => status === 'cancelled');
    expect(await place(body, 30, key)).toMatchObject({
      status: 201,
      headers: { location },
      body: { id: first.body.id, status: 'cancelled' },
    });
  });

  it('keeps its key after a refusal', async () => {
    const [key, body] = [randomUUID(), system.body({ lines: [{ sku: 'SOLD-OUT', quantity: 1 }] })];
    const { body: first } = await place(body, 30, key).expect(409);
    const { body: again } = await place(body, 30, key).expect(409);
    expect(again).toMatchObject({ code: 'out_of_stock', orderId: first.orderId });
    const { body: unwaited } = await place(body, undefined, key).expect(202);
    expect(unwaited).toMatchObject({ id: first.orderId, status: 'rejected' });
    await place(system.body(), 30, key).expect(422);
  });
});
