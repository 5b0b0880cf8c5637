import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { EffectJournal } from '../../apps/worker/activities/effect-journal.js';
import { OrderIntent } from '../../apps/worker/activities/orders/order-intent.js';
import { PaymentActivities } from '../../apps/worker/activities/payments/payment.activities.js';
import { PaymentSync } from '../../apps/worker/activities/payments/payment-sync.js';
import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { stripeOf } from '../../dev/sandbox/test-gateway.js';
import { script, startTestSandbox } from '../../dev/sandbox/test-sandbox.js';
import { RefundActivities } from '../../apps/worker/activities/refunds/refund.activities.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { Refusal } from '#libs/domain/order/failure';
import { voidKey } from '#libs/domain/payment/payment-keys';
import type { Intent } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import { capturedLog } from '../support/captured-log.js';
import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

/** Runs that take every signal. */
const RUNS = {
  reportPayment: () => Promise.resolve(),
  reportRefund: () => Promise.resolve(),
  startRefund: () => Promise.resolve(),
};

/** A gateway that refuses to cancel, in a way that nothing here expects, until the test permits it. */
class RefusesToCancel extends StripeGateway {
  isRefusing = true;
  readonly keys: string[] = [];

  override async cancelIntent(...[id, request]: Parameters<StripeGateway['cancelIntent']>): Promise<Intent> {
    this.keys.push(request.idempotencyKey);
    if (this.isRefusing) throw new Refusal('amount_refused');
    return super.cancelIntent(id, request);
  }
}

describe('a refusal of the payment provider', () => {
  let bench: Bench;
  let sandbox: Sandbox;
  let gateway: RefusesToCancel;
  let payments: PaymentActivities;
  let refunds: RefundActivities;
  useBench((opened) => {
    bench = opened;
  }, 'orders in progress');
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  beforeEach(() => {
    gateway = new RefusesToCancel({ secretKey: 'sk_test_x', apiUrl: sandbox.url, timeout: 30_000 });
    const { logger } = capturedLog('test');
    const { orders, effects, refunds: made } = bench.store;
    const journal = new EffectJournal(effects, orders, logger);
    const intent = new OrderIntent(journal, gateway);
    const sync = new PaymentSync(bench.store, gateway, RUNS, logger);
    payments = new PaymentActivities(orders, journal, intent, gateway, sync, logger);
    refunds = new RefundActivities(orders, made, journal, intent, gateway, sync, logger);
  });
  afterAll(async () => {
    await sandbox.close();
  });

  /** An order whose goods are reserved. */
  async function reserved(method?: string): Promise<OrderId> {
    const order = await bench.accepted(method === undefined ? {} : { method });
    await bench.reserve(order);
    return order.id;
  }

  it('to make the intent is on the order as a decline, once', async () => {
    const id = await reserved();
    await script(sandbox, { operation: 'payment_intents.create', fault: 'refuse' });
    const refusal = { name: 'Refusal', code: 'amount_too_small' };
    await expect(payments.chargePayment(id)).rejects.toMatchObject(refusal);
    await expect(payments.chargePayment(id)).rejects.toMatchObject(refusal);
    expect(await bench.order(id)).toMatchObject({
      payment: 'none',
      intentId: null,
      decline: { attempt: 1, code: 'amount_too_small' },
    });
    const events = await bench.store.orders.events(id);
    expect(events.filter(({ type }) => type === 'payment.refused')).toMatchObject([
      { actor: 'gateway', changes: { reason: 'amount_too_small', attempt: 1 } },
    ]);
  });

  describe('to cancel the intent', () => {
    const refused = { name: 'Outage', code: 'void_amount_refused' };

    it.each(['expired', 'cancelled'] as const)(
      'of an order that is %s is no payment: the intent is cancelled anew, under another key',
      async (reason) => {
        const id = await reserved('pm_card_authenticationRequired');
        expect(await payments.chargePayment(id)).toEqual({ is: 'waiting' });
        for (let attempt = 0; attempt < 2; attempt++)
          await expect(refunds.reversePayment(id, reason)).rejects.toMatchObject(refused);
        expect(await bench.order(id)).toMatchObject({ status: 'pending', payment: 'requires_action' });
        expect(await bench.store.effects.find(voidKey(id))).toMatchObject({ state: 'started' });

        gateway.isRefusing = false;
        expect(await refunds.reversePayment(id, reason)).toBe('compensated');
        expect(await bench.order(id)).toMatchObject({ status: 'pending', payment: 'voided' });
        expect(new Set(gateway.keys).size).toBe(3);
      },
    );

    it('is a payment where the provider shows one', async () => {
      const id = await reserved('pm_card_chargeDeclined');
      expect(await payments.chargePayment(id)).toEqual({ is: 'declined' });
      await expect(refunds.reversePayment(id, 'expired')).rejects.toMatchObject(refused);
      const { intentId } = await bench.order(id);
      await stripeOf(sandbox).paymentIntents.confirm(intentId ?? '', { payment_method: 'pm_card_visa' });
      expect(await refunds.reversePayment(id, 'expired')).toBe('too_late');
      expect(await bench.order(id)).toMatchObject({ status: 'confirmed', payment: 'captured' });
    });
  });
});
