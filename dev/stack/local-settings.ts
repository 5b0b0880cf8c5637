import { join } from 'node:path';

import { GROUP_NAMES, groupsNamed } from '#libs/config/environment';
import { InvalidEnvironment, readSettings, type Settings, type Source } from '#libs/config/settings';

import { SANDBOX_SETTINGS } from '../sandbox/sandbox-settings.js';
import { EMBEDDED_SETTINGS } from './embedded-settings.js';

import { type NeededPort } from './processes/ports.js';
import { postgresUrl } from './postgres/postgres.js';

/** What is embedded unless the variable names a real one. */
export const REPLACED_BY = {
  postgres: 'DATABASE_URL',
  temporal: 'TEMPORAL_ADDRESS',
  gateway: 'STRIPE_SECRET_KEY',
  carrier: 'CARRIER_URL',
  mail: 'SMTP_URL',
} as const;

export type EmbeddedPiece = keyof typeof REPLACED_BY;

/** The settings of every program: all are read first, so that a part that starts late finds nothing wrong. */
export const LOCAL_GROUPS = {
  ...groupsNamed(GROUP_NAMES),
  sandbox: SANDBOX_SETTINGS,
  local: EMBEDDED_SETTINGS,
} as const;

export type LocalEnvironment = Settings<typeof LOCAL_GROUPS>;

export interface LocalSettings {
  environment: LocalEnvironment;
  /** What every program of the stack is started with. */
  variables: NodeJS.ProcessEnv;
  embedded: Readonly<Record<EmbeddedPiece, boolean>>;
}

/**
 * The environment of the local stack: what is set, and for the pieces that are embedded what follows from their
 * ports.
 *
 * @throws InvalidEnvironment listing every fault of every part
 */
export function localSettings(
  source: Source,
  kept: { dataDir: string; carrierSecret: string; paymentSecret: string; webhookKey: string },
): LocalSettings {
  const embedded = {
    postgres: !source[REPLACED_BY.postgres],
    temporal: !source[REPLACED_BY.temporal],
    gateway: !source[REPLACED_BY.gateway],
    carrier: !source[REPLACED_BY.carrier],
    mail: !source[REPLACED_BY.mail],
  };
  const { api, sandbox, local } = ports(source);
  const loopback = (port: number) => `127.0.0.1:${port}`;
  const derived: NodeJS.ProcessEnv = {
    SANDBOX_STATE_FILE: join(kept.dataDir, 'sandbox.json'),
    SANDBOX_GATEWAY: String(embedded.gateway),
    WEBHOOK_SECRET_KEY: kept.webhookKey,
    WEBHOOK_ALLOWED_NETWORKS: 'loopback',
    // There is no load balancer that would have to send requests elsewhere.
    DRAIN_DELAY: '0s',
    CARRIER_WEBHOOK_URL: `http://${loopback(api.API_PORT)}/webhooks/deliveries`,
    ...(embedded.postgres && { DATABASE_URL: postgresUrl(local.POSTGRES_PORT) }),
    ...(embedded.temporal && { TEMPORAL_ADDRESS: loopback(local.TEMPORAL_PORT) }),
    ...(embedded.gateway && {
      STRIPE_SECRET_KEY: 'sk_test_sandbox',
      STRIPE_API_URL: `http://${loopback(sandbox.SANDBOX_PORT)}`,
      STRIPE_WEBHOOK_SECRET: kept.paymentSecret,
      GATEWAY_WEBHOOK_URL: `http://${loopback(api.API_PORT)}/webhooks/stripe`,
    }),
    ...(embedded.carrier && {
      CARRIER_URL: `http://${loopback(sandbox.SANDBOX_PORT)}/carrier`,
      CARRIER_SECRET: kept.carrierSecret,
    }),
    // One click signs in: only where the orders are those of this machine.
    ...(embedded.postgres &&
      source['NODE_ENV'] !== 'production' &&
      !source['CONSOLE_URL'] && {
        CONSOLE_URL: `http://${loopback(api.API_PORT)}`,
        CONSOLE_DEVELOPMENT_SIGN_IN: 'true',
      }),
    ...(embedded.mail && { SMTP_URL: `smtp://${loopback(local.SMTP_PORT)}` }),
  };
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value));
  const variables = { ...derived, ...set };
  return { environment: readSettings(LOCAL_GROUPS, variables), variables, embedded };
}

/** The variables that name the ports of what runs here. */
export const PORT_VARIABLES = [
  'API_PORT',
  'SANDBOX_PORT',
  'POSTGRES_PORT',
  'TEMPORAL_PORT',
  'TEMPORAL_UI_PORT',
  'SMTP_PORT',
  'INBOX_PORT',
] as const;

/** Where the API is reached from this machine, also when it listens on every address. */
export function apiUrl({ API_HOST, API_PORT }: LocalEnvironment['api']): string {
  const host = ['0.0.0.0', '::'].includes(API_HOST) ? '127.0.0.1' : API_HOST;
  return `http://${host}:${API_PORT}`;
}

/** The ports of what runs here, with the variables that change them. */
export function neededPorts(
  environment: LocalEnvironment,
  runs: (part: RunningPart) => boolean,
): NeededPort[] {
  const { local, sandbox, api } = environment;
  const table: (NeededPort & { part: RunningPart })[] = [
    { part: 'postgres', variable: 'POSTGRES_PORT', port: local.POSTGRES_PORT, use: 'PostgreSQL' },
    { part: 'temporal', variable: 'TEMPORAL_PORT', port: local.TEMPORAL_PORT, use: 'Temporal' },
    { part: 'temporal', variable: 'TEMPORAL_UI_PORT', port: local.TEMPORAL_UI_PORT, use: 'Temporal’s UI' },
    { part: 'sandbox', variable: 'SANDBOX_PORT', port: sandbox.SANDBOX_PORT, use: 'the sandbox' },
    { part: 'mail', variable: 'SMTP_PORT', port: local.SMTP_PORT, use: 'SMTP' },
    { part: 'mail', variable: 'INBOX_PORT', port: local.INBOX_PORT, use: 'the inbox' },
    { part: 'api', variable: 'API_PORT', port: api.API_PORT, use: 'the API' },
  ];
  return table.filter(({ part }) => runs(part)).map(({ variable, port, use }) => ({ variable, port, use }));
}

export type RunningPart = 'postgres' | 'temporal' | 'sandbox' | 'mail' | 'api';

/** Faulty ports are reported with everything else; until then their defaults are used. */
function ports(source: Source): Pick<LocalEnvironment, 'api' | 'sandbox' | 'local'> {
  const { api, sandbox, local } = LOCAL_GROUPS;
  try {
    return readSettings({ api, sandbox, local }, source);
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    return readSettings({ api, sandbox, local }, {});
  }
}
