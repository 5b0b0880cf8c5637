import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { orderId } from '#libs/order/order-id';
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
const request = { orderId: ORDER, amount: 1000, currency: 'EUR', idempotencyKey: 'intent' };

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

  it('writes while it runs, for the day it does not come to close', async () => {
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

  it('does not start on a file that is not its own', async () => {
    const strange = join(folder, 'strange.json');
    await writeFile(strange, '{"hello":"world"}');
    await expect(startTestSandbox({ stateFile: strange })).rejects.toThrow(/strange\.json is not a state/);
  });
});
