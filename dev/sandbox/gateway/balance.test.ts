import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Sandbox } from '../sandbox.js';
import { confirmed, movements, play, stripeOf } from '../test-gateway.js';
import { faultsLeft, script, startTestSandbox } from '../test-sandbox.js';

let sandbox: Sandbox;
let stripe: Stripe;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  stripe = stripeOf(sandbox);
});
afterEach(() => sandbox.close());

/** What is left of an intent's only charge, as Stripe shows it. */
async function chargeOf(payment_intent: string): Promise<Stripe.Charge | undefined> {
  return (await stripe.charges.list({ payment_intent })).data[0];
}

describe('refunds', () => {
  const becomes = (id: string, end: string) => play(sandbox, `/refunds/${id}`, { becomes: end });

  it('that succeed move the money at once', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 980 });
    expect(refund.status).toBe('succeeded');
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['refund', -980],
    ]);
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 980, refunded: false });
  });

  it('that are pending move the money when they succeed', async () => {
    const { id } = await confirmed(stripe, 'pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund).toMatchObject({ status: 'pending', balance_transaction: null });
    expect(await movements(stripe)).toEqual([['charge', 3980]]);
    await becomes(refund.id, 'succeeded');
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['refund', -3980],
    ]);
  });

  it.each([
    ['failed', 'insufficient_funds'],
    ['canceled', 'merchant_request'],
  ])('that are pending and then %s move none, and free their amount', async (end, reason) => {
    const { id } = await confirmed(stripe, 'pm_sandbox_pendingRefundFails');
    const refund = await stripe.refunds.create({ payment_intent: id });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    await becomes(refund.id, end);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: end, failure_reason: reason });
    expect(await movements(stripe)).toEqual([['charge', 3980]]);
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect((await stripe.refunds.create({ payment_intent: id })).amount).toBe(3980);
  });

  it('that succeeded may come back', async () => {
    const { id } = await confirmed(stripe, 'pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe('succeeded');
    await becomes(refund.id, 'failed');
    const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] });
    expect(failed).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: { type: 'refund_failure', amount: 3980, source: refund.id },
    });
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['refund', -3980],
      ['refund_failure', 3980],
    ]);
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 0, refunded: false });
    await expect(becomes(refund.id, 'succeeded')).rejects.toThrow(/^409 /);
  });

  it.each([
    ['pm_card_pendingRefund', 'succeeded'],
    ['pm_card_refundFail', 'failed'],
    ['pm_sandbox_pendingRefundFails', 'failed'],
  ])('of %s end as %s after a while', async (method, status) => {
    const quick = await startTestSandbox({ settleAfter: 20 });
    try {
      const { id } = await confirmed(stripeOf(quick), method);
      const refund = await stripeOf(quick).refunds.create({ payment_intent: id });
      await expect.poll(async () => (await stripeOf(quick).refunds.retrieve(refund.id)).status).toBe(status);
    } finally {
      await quick.close();
    }
  });
});

describe('disputes', () => {
  const dispute = async (payment_intent: string, rest: object = {}) => {
    await play(sandbox, '/disputes', { payment_intent, ...rest });
    const { data } = await stripe.disputes.list({ payment_intent });
    return data[0]?.id ?? '';
  };

  it('take the money out, and refuse a refund of it', async () => {
    const { id } = await confirmed(stripe, 'pm_card_createDispute');
    const { data } = await stripe.disputes.list({ payment_intent: id });
    expect(data).toMatchObject([
      {
        amount: 3980,
        reason: 'fraudulent',
        status: 'needs_response',
        is_charge_refundable: false,
        balance_transactions: [{ amount: -3980, type: 'adjustment' }],
      },
    ]);
    expect(await chargeOf(id)).toMatchObject({ disputed: true, amount_refunded: 0 });
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['dispute', -3980],
    ]);
    await expect(stripe.refunds.create({ payment_intent: id, amount: 1 })).rejects.toMatchObject({
      code: 'charge_disputed',
    });
  });

  it('that are won return it', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    const disputed = await dispute(id, { amount: 1000, reason: 'product_not_received' });
    await play(sandbox, `/disputes/${disputed}`, { becomes: 'won' });
    expect(await stripe.disputes.retrieve(disputed)).toMatchObject({
      status: 'won',
      amount: 1000,
      reason: 'product_not_received',
      balance_transactions: [{ amount: -1000 }, { amount: 1000 }],
    });
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['dispute', -1000],
      ['dispute_reversal', 1000],
    ]);
    expect((await stripe.refunds.create({ payment_intent: id })).amount).toBe(3980);
  });

  it('that are lost do not return it', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    const disputed = await dispute(id);
    await play(sandbox, `/disputes/${disputed}`, { becomes: 'lost' });
    expect((await stripe.disputes.retrieve(disputed)).status).toBe('lost');
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['dispute', -3980],
    ]);
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_disputed',
    });
    await expect(play(sandbox, `/disputes/${disputed}`, { becomes: 'lost' })).rejects.toThrow(/^409 /);
  });

  it('that are lost and won after all return it', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    const disputed = await dispute(id);
    for (const becomes of ['lost', 'won']) await play(sandbox, `/disputes/${disputed}`, { becomes });
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['dispute', -3980],
      ['dispute_reversal', 3980],
    ]);
    await expect(play(sandbox, `/disputes/${disputed}`, { becomes: 'lost' })).rejects.toThrow(/^409 /);
  });

  it('that are inquiries move nothing', async () => {
    const { id } = await confirmed(stripe, 'pm_card_createDisputeInquiry');
    const { data } = await stripe.disputes.list({ payment_intent: id });
    expect(data).toMatchObject([{ status: 'warning_needs_response', balance_transactions: [] }]);
    expect((await stripe.refunds.create({ payment_intent: id, amount: 980 })).status).toBe('succeeded');
    await play(sandbox, `/disputes/${data[0]?.id}`, { becomes: 'won' });
    expect((await stripe.disputes.list({ payment_intent: id })).data[0]?.status).toBe('warning_closed');
  });

  it('stop a refund that is pending', async () => {
    const { id } = await confirmed(stripe, 'pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: id });
    await dispute(id);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'charge_for_pending_refund_disputed',
    });
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['dispute', -3980],
    ]);
  });

  it('are shown with their refunds by the read routes, whatever fault is scripted', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    await stripe.refunds.create({ payment_intent: id, amount: 980 });
    await play(sandbox, '/disputes', { payment_intent: id, amount: 1000 });
    await confirmed(stripe, 'pm_card_createDispute');
    await script(sandbox, { operation: 'refunds.list', fault: 500 });
    const response = await fetch(`${sandbox.url}/sandbox/payment-intents/${id}`);
    expect(await response.json()).toMatchObject({
      refunds: [{ payment_intent: id, amount: 980, status: 'succeeded' }],
      disputes: [{ payment_intent: id, amount: 1000, status: 'needs_response' }],
    });
    expect(await faultsLeft(sandbox)).toBe(1);
  });

  it('need money that was paid and not refunded', async () => {
    const { id } = await confirmed(stripe, 'pm_card_authenticationRequired');
    await expect(dispute(id)).rejects.toThrow(/^409 /);
    const paid = await confirmed(stripe, 'pm_card_visa');
    await stripe.refunds.create({ payment_intent: paid.id, amount: 3000 });
    await expect(dispute(paid.id, { amount: 981 })).rejects.toThrow(/^409 .*no more than 980/);
  });
});

describe('the balance', () => {
  it('is listed newest first, by type, source and time, with what it is about', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 100 });
    const { data } = await stripe.balanceTransactions.list({ expand: ['data.source'] });
    expect(data).toMatchObject([
      { type: 'refund', source: { id: refund.id, payment_intent: id } },
      { type: 'charge', source: { object: 'charge', payment_intent: id } },
    ]);
    const list = stripe.balanceTransactions.list.bind(stripe.balanceTransactions);
    expect((await list({ type: 'charge' })).data).toHaveLength(1);
    expect((await list({ source: refund.id })).data).toMatchObject([{ net: -100 }]);
    expect((await list({ currency: 'usd' })).data).toEqual([]);
    expect((await list({ created: { gt: refund.created + 5 } })).data).toEqual([]);
    expect((await list({ limit: 1, starting_after: data[0]?.id ?? '' })).data).toMatchObject([
      { type: 'charge' },
    ]);
  });
});

describe('books that are wrong', () => {
  it('have a charge that no caller requested', async () => {
    await play(sandbox, '/discrepancies', { kind: 'unknown_charge', amount: 777 });
    expect(await movements(stripe)).toEqual([['charge', 777]]);
    expect((await stripe.paymentIntents.list()).data).toMatchObject([{ status: 'succeeded', metadata: {} }]);
  });

  it('are off by a cent', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    await play(sandbox, '/discrepancies', { kind: 'altered_amount', payment_intent: id });
    expect(await movements(stripe)).toEqual([['charge', 3981]]);
    expect((await stripe.paymentIntents.retrieve(id)).amount_received).toBe(3981);
  });

  it('lack a refund', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 100 });
    await play(sandbox, '/discrepancies', { kind: 'lost_refund', refund: refund.id });
    expect(await movements(stripe)).toEqual([['charge', 3980]]);
    expect((await stripe.refunds.list({ payment_intent: id })).data).toEqual([]);
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 0 });
  });
});
