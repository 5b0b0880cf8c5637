import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Sandbox } from '../sandbox.js';
import { faultsLeft, post, script, startTestSandbox } from '../test-sandbox.js';

let sandbox: Sandbox;
let stripe: Stripe;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  stripe = sdk(sandbox);
});
afterEach(() => sandbox.close());

type HttpClient = Stripe.StripeConfig['httpClient'];
function sdk({ port }: Sandbox, httpClient: HttpClient = Stripe.createFetchHttpClient()): Stripe {
  return new Stripe('sk_test_x', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    httpClient,
    telemetry: false,
  });
}

const ORDER = { amount: 1000, currency: 'eur' };

async function count(): Promise<number> {
  return (await stripe.paymentIntents.list({ limit: 100 })).data.length;
}

describe("Stripe's idempotency keys", () => {
  it('answer a repeated call as the first time, and mark it', async () => {
    // Only the SDK's client on node:http returns headers in their declared type.
    const { paymentIntents } = sdk(sandbox, Stripe.createNodeHttpClient());
    const first = await paymentIntents.create(ORDER, { idempotencyKey: 'k' });
    const again = await paymentIntents.create(ORDER, { idempotencyKey: 'k' });
    expect(again.id).toBe(first.id);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await count()).toBe(1);
  });

  it('refuse other parameters', async () => {
    await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' });
    await expect(
      stripe.paymentIntents.create({ ...ORDER, amount: 2000 }, { idempotencyKey: 'k' }),
    ).rejects.toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  });

  it('refuse another endpoint', async () => {
    const { id } = await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' });
    await expect(stripe.paymentIntents.cancel(id, {}, { idempotencyKey: 'k' })).rejects.toMatchObject({
      type: 'StripeIdempotencyError',
    });
  });

  it('are in use while the first call runs', async () => {
    await script(sandbox, { operation: 'payment_intents.create', fault: 'slow', delay: 1_500 });
    const slow = stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' });
    await expect.poll(() => faultsLeft(sandbox)).toBe(0);
    await expect(stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' })).rejects.toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    });
    expect((await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'other' })).id).not.toBe(
      (await slow).id,
    );
    expect(await count()).toBe(2);
  });

  it('keep a 500, and a fresh key works', async () => {
    await script(sandbox, { operation: 'payment_intents.create', fault: 500 });
    for (const _attempt of [1, 2]) {
      await expect(stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' })).rejects.toMatchObject({
        type: 'StripeAPIError',
        statusCode: 500,
      });
    }
    await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'fresh' });
    expect(await count()).toBe(1);
  });

  it('keep a decline', async () => {
    const { id } = await stripe.paymentIntents.create(ORDER);
    for (const _attempt of [1, 2]) {
      await expect(
        stripe.paymentIntents.confirm(
          id,
          { payment_method: 'pm_card_chargeDeclined' },
          { idempotencyKey: 'k' },
        ),
      ).rejects.toMatchObject({ code: 'card_declined' });
    }
    expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(1);
  });

  it('do not keep a 429', async () => {
    await script(sandbox, { operation: 'payment_intents.create', fault: 429 });
    await expect(stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' })).rejects.toMatchObject({
      type: 'StripeRateLimitError',
      statusCode: 429,
    });
    await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' });
  });

  it('do not keep a refusal from before the operation began', async () => {
    await expect(
      stripe.paymentIntents.create({ ...ORDER, amount: 0 }, { idempotencyKey: 'k' }),
    ).rejects.toMatchObject({ statusCode: 400 });
    await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' });
  });

  it('are forgotten on demand', async () => {
    await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' });
    await post(`${sandbox.url}/sandbox/idempotency-keys/expire`, {});
    await stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k' });
    expect(await count()).toBe(2);
  });

  it('are forgotten after their lifetime', async () => {
    const forgetful = await startTestSandbox({ idempotencyKeyLifetime: 0 });
    try {
      const first = await sdk(forgetful).paymentIntents.create(ORDER, { idempotencyKey: 'k' });
      const again = await sdk(forgetful).paymentIntents.create(ORDER, { idempotencyKey: 'k' });
      expect(again.id).not.toBe(first.id);
    } finally {
      await forgetful.close();
    }
  });
});

describe('faults at the gateway', () => {
  const create = (idempotencyKey: string) => stripe.paymentIntents.create(ORDER, { idempotencyKey });
  const confirm = (id: string, idempotencyKey: string) =>
    stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }, { idempotencyKey });

  it('drop_before: nothing has happened', async () => {
    await script(sandbox, { operation: 'payment_intents.create', fault: 'drop_before' });
    await expect(create('k')).rejects.toMatchObject({ type: 'StripeConnectionError' });
    expect(await count()).toBe(0);
    expect(await faultsLeft(sandbox)).toBe(0);
  });

  it('drop_after: it has happened, and the key replays it', async () => {
    const { id } = await create('k');
    await script(sandbox, { operation: 'payment_intents.confirm', fault: 'drop_after' });
    await expect(confirm(id, 'c')).rejects.toMatchObject({ type: 'StripeConnectionError' });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
    expect((await confirm(id, 'c')).status).toBe('succeeded');
    expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(1);
  });

  it('never: nothing happens, and the caller gives up', async () => {
    const { id } = await create('k');
    await script(sandbox, { operation: 'payment_intents.confirm', fault: 'never' });
    await expect(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }, { timeout: 100 }),
    ).rejects.toMatchObject({ type: 'StripeConnectionError' });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
  });

  it('slow: the work continues when the caller hangs up', async () => {
    const { id } = await create('k');
    await script(sandbox, { operation: 'payment_intents.confirm', fault: 'slow', delay: 300 });
    await expect(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }, { timeout: 50 }),
    ).rejects.toMatchObject({ type: 'StripeConnectionError' });
    await expect
      .poll(async () => (await stripe.paymentIntents.retrieve(id)).status, { timeout: 3_000 })
      .toBe('succeeded');
  });

  it('refuse: the card is declined', async () => {
    const { id } = await create('k');
    await script(sandbox, { operation: 'payment_intents.confirm', fault: 'refuse' });
    await expect(confirm(id, 'c')).rejects.toMatchObject({ code: 'card_declined' });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
  });

  it.each([
    ['payment_intents.create', 'amount_too_small'],
    ['payment_intents.cancel', 'payment_intent_unexpected_state'],
    ['payment_intents.capture', 'charge_expired_for_capture'],
    ['refunds.create', 'charge_disputed'],
  ])('refuse: %s answers %s', async (operation, code) => {
    const { id } = await create('k');
    await script(sandbox, { operation, fault: 'refuse' });
    const calls: Record<string, () => Promise<unknown>> = {
      'payment_intents.create': () => create('other'),
      'payment_intents.cancel': () => stripe.paymentIntents.cancel(id),
      'payment_intents.capture': () => stripe.paymentIntents.capture(id),
      'refunds.create': () => stripe.refunds.create({ payment_intent: id }),
    };
    await expect(calls[operation]?.()).rejects.toMatchObject({ code });
  });

  it('a confirmation and a cancellation at once: one wins, the other is refused', async () => {
    const { id } = await create('k');
    await script(sandbox, { operation: 'payment_intents.confirm', fault: 'slow', delay: 200 });
    const confirming = confirm(id, 'c');
    await expect.poll(() => faultsLeft(sandbox)).toBe(0);
    await expect(stripe.paymentIntents.cancel(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect((await confirming).status).toBe('succeeded');
  });

  it('a locked object is not waited for without end', async () => {
    const { id } = await create('k');
    await script(sandbox, { operation: 'payment_intents.confirm', fault: 'slow', delay: 2_500 });
    const confirming = confirm(id, 'c');
    await expect.poll(() => faultsLeft(sandbox)).toBe(0);
    await expect(confirm(id, 'c2')).rejects.toMatchObject({ statusCode: 429, code: 'lock_timeout' });
    expect((await confirming).status).toBe('succeeded');
  });
});
