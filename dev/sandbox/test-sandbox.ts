import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

import { createLogger } from '#libs/telemetry/logger';

import { parcelSchema, type StoredParcel } from './carrier/parcel.js';
import { faultSchema } from './faults.js';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.js';

export const CARRIER_SECRET = `whsec_${Buffer.from('a secret that only tests know of').toString('base64')}`;

/** What the gateway signs its events with in tests. */
export const PAYMENT_SECRET = 'whsec_only_tests_know_of_it';

/** The headers that the carrier signs a webhook of `body` with. */
export function carrierHeaders(body: string, id: string, at = new Date()): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(CARRIER_SECRET).sign(id, at, body),
  };
}

/** A sandbox for a test: on a free port, with parcels moved only by hand, and webhooks that no server receives. */
export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return startSandbox({
    port: 0,
    carrierSecret: CARRIER_SECRET,
    carrierWebhookUrl: 'http://127.0.0.1:9/nobody',
    deliveryAfter: null,
    logger: createLogger('sandbox', 'silent'),
    ...options,
  });
}

/** Scripts a fault over HTTP, as a person would. */
export async function script(
  sandbox: Sandbox,
  fault: { operation: string; fault: string | number; times?: number; delay?: number },
): Promise<void> {
  const response = await post(`${sandbox.url}/sandbox/faults`, fault);
  if (response.status !== 201) throw new Error(await response.text());
}

/** How many faults have not been applied yet. */
export async function faultsLeft(sandbox: Sandbox): Promise<number> {
  const response = await fetch(`${sandbox.url}/sandbox/faults`);
  const { data } = z.object({ data: z.array(faultSchema) }).parse(await response.json());
  return data.reduce((sum, { times }) => sum + times, 0);
}

/** Every parcel, as the sandbox shows it. */
export async function shipments(sandbox: Sandbox): Promise<StoredParcel[]> {
  const response = await fetch(`${sandbox.url}/sandbox/shipments`);
  return z.object({ data: z.array(parcelSchema) }).parse(await response.json()).data;
}

export function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
