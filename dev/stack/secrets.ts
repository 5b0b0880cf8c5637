import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DATA_DIR } from '../build/project.js';

/** What each looks like, so that one that was cut off is made anew. */
const SECRETS = {
  'api-key': /^op_[\w-]{43}$/,
  'carrier-secret': /^whsec_[A-Za-z0-9+/]{43}=$/,
  'payment-secret': /^whsec_[0-9a-f]{48}$/,
  'webhook-key': /^[A-Za-z0-9+/]{43}=$/,
} as const;

export type SecretName = keyof typeof SECRETS;

/** A secret made by an earlier start. */
export function keptSecret(name: SecretName): string | undefined {
  const file = secretFile(name);
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return SECRETS[name].test(kept) ? kept : undefined;
}

/** Keeps a secret for the next start, readable by this user only. */
export function keepSecret(name: SecretName, secret: string): void {
  mkdirSync(DATA_DIR, { recursive: true });
  writeFileSync(secretFile(name), `${secret}\n`, { mode: 0o600 });
}

/** The secrets that a local system makes for itself. */
export interface LocalSecrets {
  /** As the Standard Webhooks specification has it: `whsec_` and 24 to 64 random bytes in base64. */
  readonly carrierSecret: string;
  /** As Stripe's look: `whsec_`, letters and digits. */
  readonly paymentSecret: string;
  /** For AES-256: encrypts the secrets of webhook endpoints. */
  readonly webhookKey: string;
}

export function newSecrets(): LocalSecrets {
  return {
    carrierSecret: `whsec_${randomBytes(32).toString('base64')}`,
    paymentSecret: `whsec_${randomBytes(24).toString('hex')}`,
    webhookKey: randomBytes(32).toString('base64'),
  };
}

/** Those of an earlier start; a secret that it did not keep is new. */
export function keptSecrets(): LocalSecrets {
  const made = newSecrets();
  return {
    carrierSecret: keptSecret('carrier-secret') ?? made.carrierSecret,
    paymentSecret: keptSecret('payment-secret') ?? made.paymentSecret,
    webhookKey: keptSecret('webhook-key') ?? made.webhookKey,
  };
}

/** Keeps them for the next start. */
export function keepSecrets({ carrierSecret, paymentSecret, webhookKey }: LocalSecrets): void {
  keepSecret('carrier-secret', carrierSecret);
  keepSecret('payment-secret', paymentSecret);
  keepSecret('webhook-key', webhookKey);
}

function secretFile(name: SecretName): string {
  return join(DATA_DIR, name);
}
