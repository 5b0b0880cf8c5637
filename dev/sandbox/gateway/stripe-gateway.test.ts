import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import type { CaptureMode } from '#libs/domain/order/policy';
import type { Intent } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import type { Sandbox } from '../sandbox.js';
import { play } from '../test-gateway.js';
import { script, startTestSandbox } from '../test-sandbox.js';

const ORDER = orderId('019aa0d4-0000-7000-8000-000000000001');

let sandbox: Sandbox;
let gateway: StripeGateway;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  gateway = new StripeGateway({ secretKey: 'sk_test_x', apiUrl: sandbox.url, timeout: 2_000 });
});
afterEach(() => sandbox.close());

const create = (idempotencyKey = 'intent', captureMode: CaptureMode = 'immediate') =>
  gateway.createIntent({ orderId: ORDER, amount: 3980, currency: 'EUR', captureMode, idempotencyKey });
const confirm = (id: string, method: string, idempotencyKey = 'charge:1') =>
  gateway.confirmIntent(id, { method, idempotencyKey });
const capture = (id: string, idempotencyKey = 'capture') =>
  gateway.captureIntent(id, { amount: 3980, idempotencyKey });
const intentIn = (status: Intent['status'], changes: Partial<Intent> = {}): Intent => ({
  id: 'pi_1',
  status,
  declineCode: null,
  holdUntil: null,
  orderId: ORDER,
  currency: 'EUR',
  amount: 3980,
  received: 0,
  held: 0,
  ...changes,
});
const giveBack = (intentId: string, refundId: string, amount: number) =>
  gateway.createRefund({ intentId, orderId: ORDER, refundId, amount, idempotencyKey: refundId });

describe('the payment gateway, through Stripe', () => {
  it('charges an order', async () => {
    const { id, status } = await create();
    expect(status).toBe('unconfirmed');
    const paid = intentIn('captured', { id, received: 3980 });
    expect(await confirm(id, 'pm_card_visa')).toEqual(paid);
    expect(await gateway.retrieveIntent(id)).toEqual(paid);
  });

  it.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ])('answers a decline of %s with %s', async (method, declineCode) => {
    const { id } = await create();
    const declined = intentIn('declined', { id, declineCode });
    expect(await confirm(id, method)).toEqual(declined);
    expect(await gateway.retrieveIntent(id)).toEqual(declined);
    expect((await confirm(id, 'pm_card_visa', 'charge:2')).status).toBe('captured');
  });

  it('answers that the shopper has to act', async () => {
    const { id } = await create();
    expect((await confirm(id, 'pm_card_authenticationRequired')).status).toBe('requires_action');
    expect((await gateway.cancelIntent(id, { idempotencyKey: 'cancel' })).status).toBe('canceled');
  });

  it('holds money, reports the expiry, and captures it', async () => {
    const { id } = await create('intent', 'on_shipment');
    const held = await confirm(id, 'pm_card_visa');
    expect(held.status).toBe('authorized');
    expect(await gateway.retrieveIntent(id)).toEqual(held);
    const days = ((held.holdUntil?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(7, 2);
    expect(held).toMatchObject({ received: 0, held: 3980 });
    expect(await gateway.readPayment(id)).toEqual({ intent: held, refunds: [], disputes: [] });

    const taken = intentIn('captured', { id, received: 3980 });
    expect(await capture(id)).toEqual(taken);
    expect(await gateway.readPayment(id)).toMatchObject({ intent: taken });
  });

  it('reports the amount captured in part by hand, and releases the rest', async () => {
    const { id } = await create('intent', 'on_shipment');
    await confirm(id, 'pm_card_visa');
    const { hostname, port } = new URL(sandbox.url);
    const byHand = new Stripe('sk_test_x', { host: hostname, port, protocol: 'http' });
    await byHand.paymentIntents.capture(id, { amount_to_capture: 500 });
    const taken = intentIn('captured', { id, received: 500 });
    expect(await gateway.retrieveIntent(id)).toEqual(taken);
    expect(await capture(id)).toEqual(taken);
    await expect(giveBack(id, 'r-1', 501)).rejects.toMatchObject({ code: 'amount_too_large' });
    expect(await giveBack(id, 'r-2', 500)).toMatchObject({ status: 'succeeded', amount: 500, intentId: id });
  });

  it('returns an intent that is past capturing in its current state', async () => {
    const lapsed = await create('a', 'on_shipment');
    await confirm(lapsed.id, 'pm_card_visa', 'a:1');
    await play(sandbox, `/payment-intents/${lapsed.id}/lapse`);
    expect(await capture(lapsed.id, 'a:c')).toMatchObject({
      status: 'canceled',
      holdUntil: null,
    });
    const paid = await create('b');
    await confirm(paid.id, 'pm_card_visa', 'b:1');
    expect((await capture(paid.id, 'b:c')).status).toBe('captured');
  });

  it("reads the client secret for the shopper's browser, and keeps it out of other answers", async () => {
    const intent = await create();
    expect(await gateway.readClientSecret(intent.id)).toMatch(new RegExp(`^${intent.id}_secret_`));
    expect(JSON.stringify([intent, await gateway.readPayment(intent.id)])).not.toContain('_secret_');
  });

  it('refuses a payment method that does not exist', async () => {
    const { id } = await create();
    await expect(confirm(id, 'pm_card_platinum')).rejects.toMatchObject({
      name: 'Refusal',
      code: 'payment_method_unknown',
    });
  });

  it('returns an intent that is past confirming or cancelling in its current state', async () => {
    const paid = await create('a');
    await confirm(paid.id, 'pm_card_visa', 'a:1');
    expect((await confirm(paid.id, 'pm_card_visa', 'a:2')).status).toBe('captured');
    expect((await gateway.cancelIntent(paid.id, { idempotencyKey: 'a:c' })).status).toBe('captured');
    const canceled = await create('b');
    await gateway.cancelIntent(canceled.id, { idempotencyKey: 'b:c' });
    expect((await confirm(canceled.id, 'pm_card_visa', 'b:1')).status).toBe('canceled');
    expect((await gateway.cancelIntent(canceled.id, { idempotencyKey: 'b:c2' })).status).toBe('canceled');
  });

  it('refunds, and finds a refund again by our id', async () => {
    const { id } = await create();
    await confirm(id, 'pm_card_visa');
    expect(await gateway.findRefund(id, 'r-1')).toBeNull();
    const request = { intentId: id, orderId: ORDER, refundId: 'r-1', amount: 3980, idempotencyKey: 'r-1' };
    const refund = await gateway.createRefund(request);
    expect(refund.status).toBe('succeeded');
    expect(await gateway.findRefund(id, 'r-1')).toEqual(refund);
    await expect(gateway.createRefund({ ...request, idempotencyKey: 'r-2' })).rejects.toMatchObject({
      name: 'Refusal',
      code: 'already_refunded',
    });
  });

  it('reads every refund of an intent, by any caller, on any number of pages', async () => {
    const { id } = await create();
    await confirm(id, 'pm_card_visa');
    for (let number = 1; number <= 101; number++) await giveBack(id, `r-${number}`, 10);
    const { refunds } = await gateway.readPayment(id);
    expect(new Set(refunds.map(({ refundId }) => refundId))).toEqual(
      new Set(Array.from({ length: 101 }, (_, index) => `r-${index + 1}`)),
    );
    expect(await gateway.findRefund(id, 'r-1')).toEqual(refunds.find(({ refundId }) => refundId === 'r-1'));
  });

  it.each([
    ['succeeded', 'succeeded', null],
    ['failed', 'failed', 'insufficient_funds'],
    ['canceled', 'failed', 'merchant_request'],
  ])('reads a refund that becomes %s as %s', async (becomes, status, failure) => {
    const { id } = await create();
    await confirm(id, 'pm_card_pendingRefund');
    const made = await giveBack(id, 'r-1', 1000);
    expect(made).toEqual({
      id: made.id,
      intentId: id,
      status: 'pending',
      refundId: 'r-1',
      amount: 1000,
      currency: 'EUR',
      failure: null,
    });
    await play(sandbox, `/refunds/${made.id}`, { becomes });
    expect((await gateway.readPayment(id)).refunds).toEqual([{ ...made, status, failure }]);
  });

  it.each([
    [false, 'won', 'won', { withdrawn: 3980, reinstated: 3980, outcome: 'won' }],
    [false, 'lost', 'lost', { withdrawn: 3980, reinstated: 0, outcome: 'lost' }],
    [true, 'won', 'warning_closed', { withdrawn: 0, reinstated: 0, outcome: 'won' }],
  ])('reads a dispute (inquiry: %s) that is %s', async (inquiry, becomes, status, end) => {
    const { id } = await create();
    await confirm(id, 'pm_card_visa');
    await play(sandbox, '/disputes', { payment_intent: id, reason: 'product_not_received', inquiry });
    const [open] = (await gateway.readPayment(id)).disputes;
    expect(open).toMatchObject({
      amount: 3980,
      status: inquiry ? 'warning_needs_response' : 'needs_response',
      reason: 'product_not_received',
      withdrawn: inquiry ? 0 : 3980,
      reinstated: 0,
      outcome: 'open',
    });
    expect(Math.abs((open?.openedAt.getTime() ?? 0) - Date.now())).toBeLessThan(10_000);
    await play(sandbox, `/disputes/${open?.id}`, { becomes });
    expect((await gateway.readPayment(id)).disputes).toEqual([{ ...open, status, ...end }]);
  });

  it.each([
    ['500', 'gateway_error', true],
    ['429', 'gateway_rate_limited', false],
    ['drop_before', 'gateway_unreachable', false],
    ['drop_after', 'gateway_unreachable', false],
    ['never', 'gateway_timeout', false],
  ])('meets the fault %s as the outage %s', async (fault, code, keyConsumed) => {
    // Only where no answer comes is one not waited for.
    const timeout = fault === 'never' ? 250 : 10_000;
    const hasty = new StripeGateway({ secretKey: 'sk_test_x', apiUrl: sandbox.url, timeout });
    const { id } = await create();
    await script(sandbox, { operation: 'payment_intents.confirm', fault });
    await expect(
      hasty.confirmIntent(id, { method: 'pm_card_visa', idempotencyKey: 'charge:1' }),
    ).rejects.toMatchObject({ name: 'Outage', code, keyConsumed });
    const after = await gateway.retrieveIntent(id);
    expect(after.status).toBe(fault === 'drop_after' ? 'captured' : 'unconfirmed');
  });

  it('meets a gateway that is down as an outage', async () => {
    const nowhere = new StripeGateway({
      secretKey: 'sk_test_x',
      apiUrl: 'http://127.0.0.1:9',
      timeout: 1_000,
    });
    await expect(nowhere.retrieveIntent('pi_1')).rejects.toMatchObject({ code: 'gateway_unreachable' });
  });

  it('treats a wrong key as a bug, not as an outage', async () => {
    const wrong = new StripeGateway({ secretKey: 'sk_live_x', apiUrl: sandbox.url, timeout: 1_000 });
    await expect(wrong.retrieveIntent('pi_1')).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
  });
});
