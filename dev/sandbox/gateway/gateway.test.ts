import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Sandbox } from '../sandbox.js';
import { startTestSandbox } from '../test-sandbox.js';

let sandbox: Sandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  stripe = sdk('sk_test_anything');
});
afterAll(() => sandbox.close());

function sdk(key: string): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port: sandbox.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

function newIntent(parameters: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  return stripe.paymentIntents.create({
    amount: 3980,
    currency: 'eur',
    allowed_payment_method_types: ['card'],
    ...parameters,
  });
}

async function paidIntent(amount: number) {
  return newIntent({ amount, confirm: true, payment_method: 'pm_card_visa' });
}

describe('the gateway, as the stripe SDK sees it', () => {
  it('creates an intent without an attempt', async () => {
    const intent = await newIntent({ metadata: { orderId: 'o-1' } });
    expect(intent).toMatchObject({
      object: 'payment_intent',
      amount: 3980,
      currency: 'eur',
      status: 'requires_payment_method',
      metadata: { orderId: 'o-1' },
      latest_charge: null,
      last_payment_error: null,
    });
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ id: intent.id });
  });

  it('captures the money when a good card is confirmed', async () => {
    const { id } = await newIntent();
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 3980 });
    const { data } = await stripe.charges.list({ payment_intent: id });
    const [charge] = data;
    expect(charge).toMatchObject({
      id: paid.latest_charge,
      paid: true,
      captured: true,
      amount_captured: 3980,
    });
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', undefined],
  ])('declines %s with %s', async (method, code, declineCode) => {
    const { id } = await newIntent();
    await expect(stripe.paymentIntents.confirm(id, { payment_method: method })).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      raw: { payment_intent: { id, status: 'requires_payment_method' } },
    });
    const declined = await stripe.paymentIntents.retrieve(id);
    expect(declined.status).toBe('requires_payment_method');
    expect(declined.last_payment_error?.decline_code).toBe(declineCode);
    const charges = await stripe.charges.list({ payment_intent: id });
    expect(charges.data).toMatchObject([{ status: 'failed', paid: false, failure_code: code }]);
  });

  it('takes a good card after a bad one, on the same intent', async () => {
    const { id } = await newIntent();
    await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' }).catch(() => {});
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_mastercard' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  it('requires the shopper when a card needs authentication', async () => {
    const { id } = await newIntent();
    const waiting = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_authenticationRequired',
    });
    expect(waiting.status).toBe('requires_action');
  });

  it.each(['pm_card_platinum', 'constructor'])('does not know a payment method %s', async (method) => {
    const { id } = await newIntent();
    await expect(stripe.paymentIntents.confirm(id, { payment_method: method })).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
    });
  });

  it('refuses to confirm, cancel or capture what is past that', async () => {
    const { id } = await paidIntent(1000);
    const unexpected = {
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id, status: 'succeeded' },
    };
    await expect(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).rejects.toMatchObject(
      unexpected,
    );
    await expect(stripe.paymentIntents.cancel(id)).rejects.toMatchObject(unexpected);
    await expect(stripe.paymentIntents.capture(id)).rejects.toMatchObject(unexpected);
  });

  it('never confirms a canceled intent', async () => {
    const { id } = await newIntent();
    const canceled = await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    await expect(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).rejects.toMatchObject(
      { code: 'payment_intent_unexpected_state' },
    );
  });

  it('holds the money with manual capture, and captures it once', async () => {
    const { id } = await newIntent({ capture_method: 'manual' });
    const held = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 3980, amount_received: 0 });
    const captured = await stripe.paymentIntents.capture(id);
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 3980 });
    await expect(stripe.paymentIntents.capture(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('refunds in parts, and never more than was paid', async () => {
    const { id } = await paidIntent(1000);
    const first = await stripe.refunds.create({
      payment_intent: id,
      amount: 400,
      metadata: { refundId: 'r-1' },
    });
    expect(await stripe.refunds.retrieve(first.id)).toMatchObject({ amount: 400, status: 'succeeded' });
    await expect(stripe.refunds.create({ payment_intent: id, amount: 601 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 600 });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    const listed = await stripe.refunds.list({ payment_intent: id });
    expect(listed.data.map(({ amount }) => amount)).toEqual([600, 400]);
  });

  it('has nothing to refund before anything was paid', async () => {
    const { id } = await newIntent();
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
    });
  });

  it('pages through a list, newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await newIntent()).id);
    const page = await stripe.paymentIntents.list({ limit: 2 });
    expect(page.data.map(({ id }) => id)).toEqual([ids[4], ids[3]]);
    expect(page.has_more).toBe(true);
    const next = await stripe.paymentIntents.list({ limit: 3, starting_after: ids[3] });
    expect(next.data.map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]]);
    const all: string[] = [];
    for await (const { id } of stripe.paymentIntents.list({ limit: 2 })) all.push(id);
    expect(all.slice(0, 5)).toEqual(ids.reverse());
  });

  it('lists by time of creation', async () => {
    const { created } = await newIntent();
    expect((await stripe.paymentIntents.list({ created: { gt: created + 5 } })).data).toEqual([]);
    expect((await stripe.paymentIntents.list({ created: { gte: created } })).data).not.toEqual([]);
  });

  it.each([
    [{ amount: 0, currency: 'eur' }, 'parameter_invalid_integer', 'amount'],
    [{ amount: 49, currency: 'eur' }, 'amount_too_small', 'amount'],
    [{ currency: 'eur' }, 'parameter_missing', 'amount'],
    [{ amount: 100, currency: 'eur', colour: 'red' }, 'parameter_unknown', 'colour'],
  ])('refuses %j with %s', async (parameters, code, param) => {
    const body = new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${sandbox.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_x' },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code, param } });
  });

  it('answers 404 for what it does not have', async () => {
    await expect(stripe.paymentIntents.retrieve('pi_gone')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('takes test keys only', async () => {
    await expect(sdk('sk_live_real').paymentIntents.list()).rejects.toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
    });
    expect((await fetch(`${sandbox.url}/v1/charges`)).status).toBe(401);
    const basic = `Basic ${Buffer.from('sk_test_x:').toString('base64')}`;
    expect((await fetch(`${sandbox.url}/v1/charges`, { headers: { authorization: basic } })).status).toBe(
      200,
    );
  });

  it('can be switched off', async () => {
    const off = await startTestSandbox({ gateway: false });
    try {
      const response = await fetch(`${off.url}/v1/payment_intents`, {
        headers: { authorization: 'Bearer sk_test_x' },
      });
      expect(response.status).toBe(404);
    } finally {
      await off.close();
    }
  });
});
