import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OPERATIONS } from '../faults.js';
import type { Sandbox } from '../sandbox.js';
import { confirmed, stripeOf } from '../test-gateway.js';
import { script, startTestSandbox } from '../test-sandbox.js';

let sandbox: Sandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  stripe = stripeOf(sandbox);
});
afterAll(() => sandbox.close());

/** Each read of the product's, of the newest there is. */
const READS: Readonly<Record<string, () => Promise<unknown>>> = {
  'payment_intents.retrieve': async () => stripe.paymentIntents.retrieve(await newest(stripe.paymentIntents)),
  'refunds.list': () => stripe.refunds.list(),
  'refunds.retrieve': async () => stripe.refunds.retrieve(await newest(stripe.refunds)),
  'charges.retrieve': async () => stripe.charges.retrieve(await newest(stripe.charges)),
  'disputes.list': () => stripe.disputes.list(),
  'disputes.retrieve': async () => stripe.disputes.retrieve(await newest(stripe.disputes)),
  'balance_transactions.list': () => stripe.balanceTransactions.list(),
};

async function newest(of: { list(): Promise<{ data: { id: string }[] }> }): Promise<string> {
  return (await of.list()).data[0]?.id ?? '';
}

describe('reading from the gateway', () => {
  beforeAll(async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    await stripe.refunds.create({ payment_intent: id });
    await confirmed(stripe, 'pm_card_createDispute');
  });

  it('can fail in each of its operations', () => {
    const reads = OPERATIONS.filter((name) => /^(?!shipments).*\.(list|retrieve)$/.test(name));
    expect(Object.keys(READS).sort()).toEqual([...reads].sort());
  });

  it.each(Object.entries(READS))('%s fails as scripted, and then works', async (operation, read) => {
    await script(sandbox, { operation, fault: 500 });
    await expect(read()).rejects.toMatchObject({ statusCode: 500 });
    await script(sandbox, { operation, fault: 429 });
    await expect(read()).rejects.toMatchObject({ statusCode: 429 });
    await script(sandbox, { operation, fault: 'drop_before' });
    await expect(read()).rejects.toMatchObject({ type: 'StripeConnectionError' });
    await script(sandbox, { operation, fault: 'refuse' });
    await expect(read()).rejects.toMatchObject({ type: 'StripePermissionError', statusCode: 403 });
    expect(await read()).toBeDefined();
  });

  it('names the object that does not exist', async () => {
    await expect(stripe.disputes.retrieve('du_0')).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.events.retrieve('evt_0')).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.balanceTransactions.retrieve('txn_0')).rejects.toMatchObject({ statusCode: 404 });
  });
});
