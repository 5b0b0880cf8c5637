import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import type { Sandbox } from './sandbox.js';
import { startTestSandbox } from './test-sandbox.js';

const ORDER = orderId('019aa0d4-0000-7000-8000-000000000001');

let folder: string;
let stateFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  stateFile = join(folder, 'state', 'sandbox.json');
});
afterEach(() => rm(folder, { recursive: true }));

const gatewayOf = ({ url }: Sandbox) =>
  new StripeGateway({ secretKey: 'sk_test_x', apiUrl: url, timeout: 2_000 });
const request = {
  orderId: ORDER,
  amount: 1000,
  currency: 'EUR',
  captureMode: 'immediate' as const,
  idempotencyKey: 'intent',
};

/** A paid intent, as it was kept then. */
const OLD = {
  intents: {
    pi_1: {
      id: 'pi_1',
      object: 'payment_intent',
      allowed_payment_method_types: ['card'],
      amount: 1000,
      amount_capturable: 0,
      amount_received: 1000,
      canceled_at: null,
      cancellation_reason: null,
      capture_method: 'automatic_async',
      client_secret: 'pi_1_secret_1',
      confirmation_method: 'automatic',
      created: 1,
      currency: 'eur',
      customer: null,
      description: null,
      last_payment_error: null,
      latest_charge: 'ch_1',
      livemode: false,
      metadata: {},
      next_action: null,
      payment_method: 'pm_card_visa',
      payment_method_types: ['card'],
      status: 'succeeded',
    },
  },
  charges: {
    ch_1: {
      id: 'ch_1',
      object: 'charge',
      amount: 1000,
      amount_captured: 1000,
      amount_refunded: 0,
      captured: true,
      created: 1,
      currency: 'eur',
      disputed: false,
      failure_code: null,
      failure_message: null,
      livemode: false,
      metadata: {},
      paid: true,
      payment_intent: 'pi_1',
      payment_method: 'pm_card_visa',
      payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242' } },
      refunded: false,
      status: 'succeeded',
    },
  },
  refunds: {},
  answers: {},
  parcels: {},
  closedReferences: {},
  stops: {},
  webhooks: {},
};

describe('a sandbox with a state file', () => {
  it('knows its intents and keys again after a restart', async () => {
    const first = await startTestSandbox({ stateFile });
    const intent = await gatewayOf(first).createIntent(request);
    await gatewayOf(first).confirmIntent(intent.id, { method: 'pm_card_visa', idempotencyKey: 'charge' });
    await first.close();

    const second = await startTestSandbox({ stateFile });
    try {
      expect((await gatewayOf(second).retrieveIntent(intent.id)).status).toBe('captured');
      expect((await gatewayOf(second).createIntent(request)).id).toBe(intent.id);
    } finally {
      await second.close();
    }
    expect(await readdir(join(folder, 'state'))).toEqual(['sandbox.json']);
  });

  it('writes while it runs, for a process that ends without closing it', async () => {
    const running = await startTestSandbox({ stateFile });
    try {
      const { id } = await gatewayOf(running).createIntent(request);
      await expect
        .poll(async () => {
          const copy = await startTestSandbox({ stateFile });
          try {
            return (await gatewayOf(copy).retrieveIntent(id)).status;
          } catch {
            return undefined;
          } finally {
            await copy.close();
          }
        })
        .toBe('unconfirmed');
    } finally {
      await running.close();
    }
  });

  it('opens a file from before there were disputes, a balance and events', async () => {
    await mkdir(join(folder, 'state'));
    await writeFile(stateFile, JSON.stringify(OLD));
    const sandbox = await startTestSandbox({ stateFile });
    try {
      const refund = { intentId: 'pi_1', orderId: ORDER, refundId: 'r', amount: 1000, idempotencyKey: 'r' };
      expect(await gatewayOf(sandbox).createRefund(refund)).toMatchObject({ status: 'succeeded' });
    } finally {
      await sandbox.close();
    }
  });

  it('does not start on a file that is not its own', async () => {
    const strange = join(folder, 'strange.json');
    await writeFile(strange, '{"hello":"world"}');
    await expect(startTestSandbox({ stateFile: strange })).rejects.toThrow(/strange\.json is not a state/);
  });
});
