import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { EffectJournal } from '../../apps/worker/activities/effect-journal.js';
import { OrderIntent } from '../../apps/worker/activities/orders/order-intent.js';
import { PaymentActivities } from '../../apps/worker/activities/payments/payment.activities.js';
import { PaymentSync } from '../../apps/worker/activities/payments/payment-sync.js';
import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { script, startTestSandbox } from '../../dev/sandbox/test-sandbox.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import { capturedLog } from '../support/captured-log.js';
import { Bench } from './bench.js';

/** Runs that take every signal. */
const RUNS = {
  reportPayment: () => Promise.resolve(),
  reportRefund: () => Promise.resolve(),
  startRefund: () => Promise.resolve(),
};

describe('a refusal of the payment provider', () => {
  let bench: Bench;
  let sandbox: Sandbox;
  let gateway: StripeGateway;
  let payments: PaymentActivities;
  beforeAll(async () => {
    bench = await Bench.open();
    sandbox = await startTestSandbox();
    gateway = new StripeGateway({ secretKey: 'sk_test_x', apiUrl: sandbox.url, timeout: 30_000 });
    const { logger } = capturedLog('test');
    const { orders, effects } = bench.store;
    const journal = new EffectJournal(effects, orders, logger);
    const intent = new OrderIntent(journal, gateway);
    const sync = new PaymentSync(bench.store, gateway, RUNS, logger);
    payments = new PaymentActivities(orders, journal, intent, gateway, sync);
  });
  afterAll(async () => {
    await sandbox.close();
    await bench.end();
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
});
