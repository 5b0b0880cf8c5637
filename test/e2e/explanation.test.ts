import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { reconcileNow } from '../../apps/worker/reconciliation/reconcile-schedule.js';
import { script } from '../../dev/sandbox/test-sandbox.js';
import type { PlaceOrder } from '#libs/client/openapi';
import { answered } from '#libs/client/shop-client';
import { ExplanationView } from '#libs/contracts/http/explanation.api';

import { eventually } from '../support/eventually.js';
import { basket } from '../support/basket.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

describe('an order is explained', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    { env: { DECLINE_WINDOW: '10m', PROVIDER_TIMEOUT: '1s', RECONCILE_INTERVAL: '24h' } },
  );

  const explanation = async (id: string) =>
    ExplanationView.parse(
      await answered(system.shop.GET('/orders/{id}/explanation', { params: { path: { id } } })),
    );
  /** Once its cause has this code. */
  const explained = (id: string, code: ExplanationView['cause']['code']) =>
    eventually(
      () => explanation(id),
      ({ cause }) => cause.code === code,
    );
  const healed = () => fetch(`${system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
  const paying = (method: string): Partial<PlaceOrder> => ({ payment: { method } });
  const sentTo = (postalCode: string): Partial<PlaceOrder> => ({
    shippingAddress: { ...basket().shippingAddress, postalCode },
  });
  const ready = (id: string) => system.until(id, ({ fulfilment }) => fulfilment === 'ready');
  const codes = ({ actions }: ExplanationView) => actions.map(({ code }) => code);

  it.each([
    ['payment_intents.create', 'drop_before', 'Taking the payment', 'the payment provider cannot be reached'],
    [
      'payment_intents.confirm',
      '500',
      'Taking the payment',
      'the payment provider answers that it has a fault',
    ],
    [
      'payment_intents.confirm',
      '429',
      'Taking the payment',
      'the payment provider takes no more requests for a while',
    ],
    [
      'payment_intents.confirm',
      'never',
      'Taking the payment',
      'the payment provider does not answer in time',
    ],
    ['shipments.create', 'drop_before', 'Getting a label from the carrier', 'the carrier cannot be reached'],
    [
      'shipments.create',
      '500',
      'Getting a label from the carrier',
      'the carrier answers that it has a fault',
    ],
    ['shipments.create', 'never', 'Getting a label from the carrier', 'the carrier does not answer in time'],
  ] as const)('while %s has the fault %s', async (operation, fault, task, problem) => {
    await script(system.sandbox, { operation, fault, times: 1_000 });
    const { id } = await system.place();
    const { cause, nextStep, latest, actions } = await explained(id, 'step_retrying');
    await healed();
    expect(cause.message).toContain(`${task} fails at the moment: ${problem}.`);
    expect(nextStep.message).toMatch(
      /^It is tried again by itself, next at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/,
    );
    expect(Date.parse(latest?.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(actions.map(({ operation: name }) => name)).toContain('requestCancellation');
    await ready(id);
    expect((await explained(id, 'waits_for_pick_up')).latest?.outcome.code).toBe('then_carrier_asked');
  });

  it('while a call is under way, and its worker was killed', async () => {
    await script(system.sandbox, { operation: 'payment_intents.confirm', fault: 'slow', delay: 3_000 });
    const { id } = await system.place();
    const under = await eventually(
      () => explanation(id),
      ({ also }) => also.some(({ code }) => code === 'call_under_way'),
    );
    await system.kill('worker');
    expect(under.also.map(({ message }) => message).join(' ')).toContain(
      'or its outcome is not known yet: taking the payment.',
    );
    expect((await explanation(id)).also.map(({ code }) => code)).toContain('call_under_way');
    await system.startWorker();
    await ready(id);
  });

  it('when the carrier refuses the address', async () => {
    const { id } = await system.place(sentTo('00000'));
    const { cause, nextStep, actions } = await explained(id, 'ended_cancelled_carrier_refused');
    expect(cause.message).toBe('The order was cancelled: the carrier does not deliver to this address.');
    expect(['Nothing is left to do.', 'The order goes on by itself.']).toContain(nextStep.message);
    expect(actions).toEqual([]);
  });

  it('while the shopper has to act, with what each caller may do about it', async () => {
    const { id } = await system.place(paying('pm_card_threeDSecure2Required'));
    const { latest, actions } = await explained(id, 'shopper_must_act');
    expect(latest?.outcome.code).toBe('then_rejected');
    expect(actions).toMatchObject([
      {
        operation: 'readClientSecret',
        method: 'GET',
        path: `/orders/${id}/payment/client-secret`,
        scope: 'write',
        allowed: true,
      },
      { operation: 'requestCancellation', path: `/orders/${id}/cancellation`, body: null, allowed: true },
    ]);
    const reader = await system.store.apiKeys.create('reader', ['read']);
    const { body } = await supertest(system.url)
      .get(`/orders/${id}/explanation`)
      .set('Authorization', `Bearer ${reader}`)
      .expect(200);
    expect(ExplanationView.parse(body).actions.map(({ allowed }) => allowed)).toEqual([false, false]);
    await system.http.post(actions[1]?.path ?? '').expect(202);
    expect((await explained(id, 'ended_cancelled')).cause.message).toBe(
      'The order was cancelled on request.',
    );
  });

  it('after a decline, until another method is tried', async () => {
    const { id } = await system.place(paying('pm_card_chargeDeclined'));
    const { cause, actions, latest } = await explained(id, 'payment_declined');
    expect(cause.message).toBe('The payment was declined. The shopper may try another payment method.');
    expect(actions[0]).toMatchObject({ code: 'try_other_method', path: `/orders/${id}/payment-attempts` });
    expect(Date.parse(latest?.at ?? '')).toBeGreaterThan(Date.now());
    await system.http
      .post(actions[0]?.path ?? '')
      .set('Idempotency-Key', id)
      .send({ method: 'pm_card_visa' })
      .expect(202);
    await ready(id);
  });

  it('while a refund cannot be made, and when a person answers', async () => {
    const { id } = await system.place();
    await ready(id);
    await script(system.sandbox, { operation: 'refunds.create', fault: 'refuse', times: 1 });
    await system.http
      .post(`/orders/${id}/refunds`)
      .set('Idempotency-Key', id)
      .send({ amount: 500, reason: 'goodwill', restock: false })
      .expect(202);
    const { actions, also } = await explained(id, 'refund_failed');
    expect(also.map(({ code }) => code)).toContain('waits_for_pick_up');
    expect(actions[0]).toMatchObject({
      code: 'acknowledge',
      body: { action: 'acknowledge' },
      scope: 'operate',
    });
    await system.http
      .post(actions[0]?.path ?? '')
      .send(actions[0]?.body ?? {})
      .expect(202);
    expect(codes(await explained(id, 'waits_for_pick_up'))).toEqual(['cancel', 'refund_part']);
  });

  it('when money was refunded without this service', async () => {
    const { id } = await system.place();
    await ready(id);
    const [intent] = await system.intents(id);
    await system.stripe.refunds.create({ payment_intent: intent?.id, amount: 500 });
    await reconcileNow(system.client, { since: Date.now() - 3_600_000, minimumAge: 0 }, 30_000);
    const { cause, nextStep, actions } = await explained(id, 'discrepancy');
    expect(cause.message).toBe("The payment provider's books differ from ours about this order.");
    expect(nextStep.code).toBe('person_looks');
    await system.http
      .post(actions[0]?.path ?? '')
      .send(actions[0]?.body ?? {})
      .expect(202);
    await explained(id, 'waits_for_pick_up');
  });

  it('unless there is no such order', async () => {
    const path = '/orders/019b7654-0000-7000-8000-00000000dead/explanation';
    expect(await system.http.get(path)).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
  });
});
