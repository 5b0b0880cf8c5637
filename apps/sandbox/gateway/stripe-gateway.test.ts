import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { orderId } from '#libs/order/order-id';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import type { Sandbox } from '../sandbox.js';
import { script, startTestSandbox } from '../test-sandbox.js';

const ORDER = orderId('019aa0d4-0000-7000-8000-000000000001');

let sandbox: Sandbox;
let gateway: StripeGateway;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  gateway = new StripeGateway({ secretKey: 'sk_test_x', apiUrl: sandbox.url, timeout: 2_000 });
});
afterEach(() => sandbox.close());

const create = (idempotencyKey = 'intent') =>
  gateway.createIntent({ orderId: ORDER, amount: 3980, currency: 'EUR', idempotencyKey });
const confirm = (id: string, method: string, idempotencyKey = 'charge:1') =>
  gateway.confirmIntent(id, { method, idempotencyKey });

describe('the payment gateway, through Stripe', () => {
  it('charges an order', async () => {
    const { id, status } = await create();
    expect(status).toBe('unconfirmed');
    expect(await confirm(id, 'pm_card_visa')).toEqual({ id, status: 'captured', declineCode: null });
    expect(await gateway.retrieveIntent(id)).toEqual({ id, status: 'captured', declineCode: null });
  });

  it.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ])('answers a decline of %s with %s', async (method, declineCode) => {
    const { id } = await create();
    expect(await confirm(id, method)).toEqual({ id, status: 'declined', declineCode });
    expect(await gateway.retrieveIntent(id)).toEqual({ id, status: 'declined', declineCode });
    expect((await confirm(id, 'pm_card_visa', 'charge:2')).status).toBe('captured');
  });

  it('answers that the shopper has to act', async () => {
    const { id } = await create();
    expect((await confirm(id, 'pm_card_authenticationRequired')).status).toBe('requires_action');
    expect((await gateway.cancelIntent(id, { idempotencyKey: 'cancel' })).status).toBe('canceled');
  });

  it('refuses a payment method that does not exist', async () => {
    const { id } = await create();
    await expect(confirm(id, 'pm_card_platinum')).rejects.toMatchObject({
      name: 'Refusal',
      code: 'payment_method_unknown',
    });
  });

  it('answers an intent that is past confirming or cancelling as it stands', async () => {
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

  it.each([
    ['500', 'gateway_error', true],
    ['429', 'gateway_rate_limited', false],
    ['drop_before', 'gateway_unreachable', false],
    ['drop_after', 'gateway_unreachable', false],
    ['never', 'gateway_unreachable', false],
  ])('meets the fault %s as the outage %s', async (fault, code, keySpent) => {
    // Only where no answer comes is one not waited for.
    const timeout = fault === 'never' ? 250 : 10_000;
    const hasty = new StripeGateway({ secretKey: 'sk_test_x', apiUrl: sandbox.url, timeout });
    const { id } = await create();
    await script(sandbox, { operation: 'payment_intents.confirm', fault });
    await expect(
      hasty.confirmIntent(id, { method: 'pm_card_visa', idempotencyKey: 'charge:1' }),
    ).rejects.toMatchObject({ name: 'Outage', code, keySpent });
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

  it('takes a wrong key for a bug, not for something that waiting would mend', async () => {
    const wrong = new StripeGateway({ secretKey: 'sk_live_x', apiUrl: sandbox.url, timeout: 1_000 });
    await expect(wrong.retrieveIntent('pi_1')).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
  });
});
