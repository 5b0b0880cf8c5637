import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';
import type { IntentState } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import { chargeKey, voidKey } from '#libs/domain/payment/payment-keys';

import type { Bench } from '../integration/bench.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('another payment method, without a worker yet', () => {
  let bench: Bench;
  let system: System;
  useSharedApi((opened, store) => {
    system = opened;
    bench = store;
  });

  /** What the run writes of an attempt: the gateway's answer, and that the attempt is over. */
  async function said(
    id: OrderId,
    intentStatus: IntentState,
    { settled = true, code = 'insufficient_funds' } = {},
  ): Promise<void> {
    const { attempt } = await bench.order(id);
    await bench.store.effects.begin(id, chargeKey(id, attempt), '');
    if (settled)
      await bench.database.effect.update({
        where: { key: chargeKey(id, attempt) },
        data: { state: 'refused' },
      });
    await bench.store.orders.change(await bench.order(id), () => ({
      intentStatus,
      declineCode: code,
      event: { type: `payment.${intentStatus}`, actor: 'gateway' },
    }));
  }

  async function declined(declineWindow = 60_000): Promise<OrderId> {
    const { id } = await bench.accepted({ policy: { declineWindow } });
    await said(id, 'declined');
    return id;
  }

  const attempted = (id: string) =>
    answered(
      system.shop.POST('/orders/{id}/payment-attempts', {
        params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } },
        body: { method: 'pm_card_mastercard' },
      }),
    );
  const attempt = (id: string, key: string = randomUUID(), method = 'pm_card_mastercard') =>
    system.http.post(`/orders/${id}/payment-attempts`).set('Idempotency-Key', key).send({ method });

  it('is stored as the attempt to be made next, and shown as under way', async () => {
    const id = await declined();
    const { status, headers, body } = await attempt(id);
    expect([status, headers['location']]).toEqual([202, `/orders/${id}`]);
    const declinedBefore = { attempt: 1, code: 'insufficient_funds' };
    expect(body).toMatchObject({
      id,
      attempt: 2,
      payment: 'authorizing',
      status: 'pending',
      decline: declinedBefore,
    });
    expect((await bench.store.orders.events(id)).at(-1)).toMatchObject({
      type: 'payment.attempt_requested',
      changes: { payment: { from: 'declined', to: 'authorizing' }, attempt: 2 },
    });
    expect(await bench.order(id)).toMatchObject({ paymentMethod: 'pm_card_mastercard', attempt: 2 });
    expect(await bench.eventTypes(id)).toContain('payment.attempt_requested');
    expect(JSON.stringify(body)).not.toContain('pm_card_mastercard');
  });

  it.each([
    ['declined', { payment: 'declined', decline: { attempt: 2, code: 'lost_card' } }],
    ['requires_action', { payment: 'requires_action', decline: { attempt: 1, code: 'insufficient_funds' } }],
    ['captured', { payment: 'captured', decline: null }],
    ['canceled', { payment: 'voided', decline: { attempt: 1, code: 'insufficient_funds' } }],
  ] as const)('shows what was declined last, also once it is %s', async (status, shown) => {
    const id = await declined();
    await attempted(id);
    await said(id, status, { code: 'lost_card' });
    const { body } = await system.http.get(`/orders/${id}`).expect(200);
    expect(body).toMatchObject({ attempt: 2, ...shown });
  });

  it('is tried one at a time, and again after each decline', async () => {
    const id = await declined();
    await attempted(id);
    expect(await attempt(id)).toMatchObject({ status: 409, body: { code: 'payment_attempt_not_possible' } });
    await said(id, 'declined');
    expect((await attempted(id)).attempt).toBe(3);
  });

  it('is one, however many callers request it at once', async () => {
    const id = await declined();
    const answers = await Promise.all(Array.from({ length: 10 }, () => attempt(id)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
    const key = randomUUID();
    const other = await declined();
    const same = await Promise.all(Array.from({ length: 10 }, () => attempt(other, key)));
    expect(same.some(({ status }) => status === 202)).toBe(true);
    for (const { status, body } of same)
      if (status !== 202) expect([status, body.code]).toEqual([409, 'idempotency_key_in_use']);
    expect((await attempt(other, key)).status).toBe(202);
    expect((await bench.order(other)).attempt).toBe(2);
    expect((await attempt(other, key, 'pm_card_visa')).body.code).toBe('idempotency_key_reused');
  });

  it('is refused where the order does not wait for one', async () => {
    const waitsForShopper = (await bench.accepted({ policy: { declineWindow: 60_000 } })).id;
    await said(waitsForShopper, 'requires_action');
    const beingTried = (await bench.accepted({ policy: { declineWindow: 60_000 } })).id;
    await said(beingTried, 'declined', { settled: false });
    const givenUp = await declined();
    await bench.store.effects.begin(givenUp, voidKey(givenUp), '');
    const orders = [
      (await bench.accepted()).id,
      (await bench.paid()).id,
      await declined(0),
      waitsForShopper,
      beingTried,
      givenUp,
    ];
    for (const id of orders)
      expect((await attempt(id)).body, id).toMatchObject({
        status: 409,
        code: 'payment_attempt_not_possible',
      });
    expect((await attempt(randomUUID())).status).toBe(404);
    expect((await attempt(await declined(), randomUUID(), 'not a method')).status).toBe(400);
  });
});
