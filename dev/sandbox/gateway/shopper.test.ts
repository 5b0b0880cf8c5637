import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Sandbox } from '../sandbox.js';
import { confirmed, movements, play, stripeOf } from '../test-gateway.js';
import { startTestSandbox } from '../test-sandbox.js';

let sandbox: Sandbox;
let stripe: Stripe;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  stripe = stripeOf(sandbox);
});
afterEach(() => sandbox.close());

const shopper = (id: string, does: string) => play(sandbox, `/payment-intents/${id}/shopper`, { does });

describe('a shopper who has to authenticate', () => {
  it('pays by doing so', async () => {
    const { id, status, next_action } = await confirmed(stripe, 'pm_card_threeDSecure2Required');
    expect(status).toBe('requires_action');
    expect(next_action?.type).toBe('use_stripe_sdk');
    await shopper(id, 'authenticate');
    const paid = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 3980,
      next_action: null,
      payment_method: 'pm_card_threeDSecure2Required',
      latest_charge: { paid: true, captured: true },
    });
    expect(await movements(stripe)).toEqual([['charge', 3980]]);
  });

  it('has the money held by doing so, with manual capture', async () => {
    const { id } = await confirmed(stripe, 'pm_card_authenticationRequired', { capture_method: 'manual' });
    await shopper(id, 'authenticate');
    const held = await stripe.paymentIntents.retrieve(id);
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 3980 });
    expect(await movements(stripe)).toEqual([]);
  });

  it('may fail, and pay with another card', async () => {
    const { id } = await confirmed(stripe, 'pm_card_authenticationRequired');
    await shopper(id, 'fail');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
      latest_charge: null,
    });
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  it('may be declined all the same', async () => {
    const { id } = await confirmed(stripe, 'pm_card_threeDSecureRequiredChargeDeclined');
    await shopper(id, 'authenticate');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
    });
  });

  it('may leave, and the authentication stays open', async () => {
    const { id } = await confirmed(stripe, 'pm_card_authenticationRequired');
    await shopper(id, 'abandon');
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_action');
    expect((await stripe.paymentIntents.cancel(id)).status).toBe('canceled');
  });

  it('need not authenticate where no authentication is open', async () => {
    const { id } = await confirmed(stripe, 'pm_card_visa');
    await expect(shopper(id, 'authenticate')).rejects.toThrow(/^409 .*Nothing is asked of the shopper/);
    await expect(shopper('pi_0', 'authenticate')).rejects.toThrow(/^404 /);
    await expect(shopper(id, 'sing')).rejects.toThrow(/^400 /);
  });
});

describe('a payment in processing', () => {
  it.each([
    ['succeeded', { status: 'succeeded', amount_received: 3980, processing: null }],
    ['failed', { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } }],
  ])('%s when the bank has decided', async (becomes, expected) => {
    const waiting = await confirmed(stripe, 'pm_sandbox_processing');
    expect(waiting).toMatchObject({ status: 'processing', amount_received: 0, processing: { type: 'card' } });
    expect(await movements(stripe)).toEqual([]);
    await play(sandbox, `/payment-intents/${waiting.id}`, { becomes });
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject(expected);
    expect((await stripe.charges.list({ payment_intent: waiting.id })).data).toMatchObject([
      { status: becomes },
    ]);
  });

  it('is not decided twice', async () => {
    const { id } = await confirmed(stripe, 'pm_sandbox_processing');
    await play(sandbox, `/payment-intents/${id}`, { becomes: 'succeeded' });
    await expect(play(sandbox, `/payment-intents/${id}`, { becomes: 'failed' })).rejects.toThrow(/^409 /);
  });

  it('can be canceled while it waits', async () => {
    const { id } = await confirmed(stripe, 'pm_sandbox_processing');
    expect((await stripe.paymentIntents.cancel(id)).status).toBe('canceled');
    await expect(play(sandbox, `/payment-intents/${id}`, { becomes: 'succeeded' })).rejects.toThrow(/^409 /);
  });

  it.each([
    ['pm_sandbox_processing', 'succeeded'],
    ['pm_sandbox_processingFails', 'requires_payment_method'],
  ])('with %s is decided after a while', async (method, status) => {
    const quick = await startTestSandbox({ settleAfter: 20 });
    try {
      const { id } = await confirmed(stripeOf(quick), method);
      await expect.poll(async () => (await stripeOf(quick).paymentIntents.retrieve(id)).status).toBe(status);
    } finally {
      await quick.close();
    }
  });
});

describe('money that is held', () => {
  const hold = () => confirmed(stripe, 'pm_card_visa', { capture_method: 'manual' });

  it('has an expiry', async () => {
    const { id, created } = await hold();
    const { latest_charge } = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    const card = typeof latest_charge === 'object' ? latest_charge?.payment_method_details?.card : undefined;
    expect(card?.capture_before).toBeGreaterThanOrEqual(created + 7 * 86_400);
    expect(card?.amount_authorized).toBe(3980);
  });

  it('is captured in part, and the rest is released', async () => {
    const { id } = await hold();
    const captured = await stripe.paymentIntents.capture(id, { amount_to_capture: 3000 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 3000, amount_capturable: 0 });
    expect(await movements(stripe)).toEqual([
      ['charge', 3980],
      ['partial_capture_reversal', -980],
    ]);
    await expect(stripe.refunds.create({ payment_intent: id, amount: 3001 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    expect((await stripe.refunds.create({ payment_intent: id })).amount).toBe(3000);
  });

  it('cannot be captured beyond the hold', async () => {
    const { id } = await hold();
    await expect(stripe.paymentIntents.capture(id, { amount_to_capture: 3981 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
  });

  it('is released by canceling', async () => {
    const { id } = await hold();
    expect(await stripe.paymentIntents.cancel(id)).toMatchObject({
      status: 'canceled',
      amount_capturable: 0,
    });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({ statusCode: 400 });
    expect(await movements(stripe)).toEqual([]);
  });

  it('is released when it expires', async () => {
    const { id } = await hold();
    await play(sandbox, `/payment-intents/${id}/lapse`);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
      amount_received: 0,
    });
    await expect(stripe.paymentIntents.capture(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await expect(play(sandbox, `/payment-intents/${id}/lapse`)).rejects.toThrow(/^409 /);
  });
});
