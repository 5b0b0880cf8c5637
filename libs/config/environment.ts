import { isIP } from 'node:net';
import { z } from 'zod';

import { CURRENCIES } from '#libs/domain/money/currencies';
import { isSender } from '#libs/mail/sender';
import { countryMeant, countryName, isCountry } from '#libs/places/country';

import { CONSOLE_SETTINGS } from './console-settings.js';
import { parseShippingFee, shippingFeeErrors } from './shipping-fee.js';
import { type Groups, type Settings, type Source, readSettings, variablesOf } from './settings.js';
import {
  bothOrNeither,
  duration,
  durations,
  flag,
  list,
  pemFile,
  port,
  positive,
  retention,
  text,
  url,
  whole,
} from './variable.js';

/** Groups of addresses that Express knows by name (expressjs.com/en/guide/behind-proxies.html). */
const NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];
/** Not /0: with it every client could name its own address. */
const isNetwork = (entry: string) => {
  const [, address = '', prefix = '1'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const bits = { 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return NETWORKS.includes(entry) || (Number(prefix) >= 1 && Number(prefix) <= bits);
};

/** Where events are sent to although it is not public. */
const isTargetNetwork = (entry: string) =>
  entry === 'loopback' || (!NETWORKS.includes(entry) && isNetwork(entry));

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
const SAMPLERS = [
  ...(['always_on', 'always_off', 'traceidratio'] as const),
  ...(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const),
] as const;

const meantCountry = (wrong: string) => {
  const meant = countryMeant(wrong);
  return meant === null ? '' : `; for ${countryName(meant)} write ${meant}, not ${wrong}`;
};

/** What every part of the system reads. Each group is one part's; `environmentFor` picks the groups it needs. */
const groups = {
  store: z
    .object({
      DATABASE_URL: url(['postgresql:', 'postgres:'], 'postgresql://user:password@host:5432/database'),
      DATABASE_POOL_SIZE: whole(1, 200).default(10),
      DATABASE_CONNECT_TIMEOUT: positive('5s').refine((ms) => ms <= 60_000, 'must not be longer than 1m'),
      DATABASE_STATEMENT_TIMEOUT: positive('5s').refine((ms) => ms <= 60_000, 'must not be longer than 1m'),
      DATABASE_LOCK_TIMEOUT: positive('2s'),
      DATABASE_IDLE_TRANSACTION_TIMEOUT: positive('10s').refine(
        (ms) => ms <= 60_000,
        'must not be longer than 1m',
      ),
    })
    .refine((s) => s.DATABASE_LOCK_TIMEOUT < s.DATABASE_STATEMENT_TIMEOUT, {
      when: ({ value }) => durations(value, ['DATABASE_LOCK_TIMEOUT', 'DATABASE_STATEMENT_TIMEOUT']),
      path: ['DATABASE_LOCK_TIMEOUT'],
      message: 'must be shorter than DATABASE_STATEMENT_TIMEOUT, which would end the wait first',
    }),
  temporal: z
    .object({
      TEMPORAL_ADDRESS: z
        .string()
        .regex(/^[^\s/]+:\d+$/, 'must be host:port, such as 127.0.0.1:7233')
        .default('127.0.0.1:7233'),
      TEMPORAL_NAMESPACE: text('the default is orders').default('orders'),
      TEMPORAL_TLS: flag('false'),
      TEMPORAL_TLS_SERVER_NAME: text('leave it out to use the host of TEMPORAL_ADDRESS').optional(),
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: pemFile('CERTIFICATE').optional(),
      TEMPORAL_TLS_CLIENT_CERT_PATH: pemFile('CERTIFICATE').optional(),
      TEMPORAL_TLS_CLIENT_KEY_PATH: pemFile('PRIVATE KEY').optional(),
      TEMPORAL_API_KEY: text('leave it out if there is none').optional(),
    })
    .superRefine(
      bothOrNeither(
        ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
        'a certificate and its key belong together',
      ),
    ),
  /** The names that temporal-worker-controller injects (github.com/temporalio/temporal-worker-controller). */
  deployment: z
    .object({
      TEMPORAL_DEPLOYMENT_NAME: z
        .string()
        .regex(
          /^(?!__)[^.:\s]{1,200}$/,
          'must be a name of at most 200 characters, without dot and colon, such as orders',
        )
        .optional(),
      TEMPORAL_WORKER_BUILD_ID: z
        .string()
        .regex(
          /^(?!__)[^:\s]{1,200}$/,
          'must be a name of at most 200 characters, without colon, such as 0.2.0',
        )
        .optional(),
      TEMPORAL_WORKER_PROMOTES: flag('false'),
    })
    .superRefine(
      bothOrNeither(
        ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'],
        'a deployment and the build of this worker belong together; without both, workers are not versioned',
      ),
    ),
  payments: z.object({
    STRIPE_SECRET_KEY: z
      .string()
      .regex(/^(sk|rk)_(test|live)_\w+$/, 'must be a secret key of Stripe, sk_test_… or sk_live_…'),
    STRIPE_API_URL: url(['http:', 'https:'], 'https://api.stripe.com').default('https://api.stripe.com'),
  }),
  paymentWebhooks: z.object({
    /** Two while one replaces the other. */
    STRIPE_WEBHOOK_SECRET: list('', /^whsec_\w+$/, 'whsec_ and letters or digits').refine(
      (secrets) => secrets.length >= 1 && secrets.length <= 2,
      'must be the signing secret of the webhook endpoint, whsec_…, or two while one replaces the other',
    ),
  }),
  carrier: z.object({
    CARRIER_URL: url(['http:', 'https:'], 'https://carrier.example.com'),
  }),
  carrierWebhooks: z.object({
    /** Two while one replaces the other. */
    CARRIER_SECRET: list(
      '',
      /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
      'whsec_ and at least 24 bytes in base64, as the carrier shows it; or two, while one replaces the other',
    ).refine(
      (secrets) => secrets.length >= 1 && secrets.length <= 2,
      'must be what the carrier signs its webhooks with, whsec_…, or two while one replaces the other',
    ),
  }),
  mail: z.object({
    SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://127.0.0.1:1025'),
    MAIL_FROM: z
      .string()
      .refine(isSender, 'must be one address, such as Shop <orders@shop.example>')
      .default('Shop <orders@shop.example>'),
    SHOP_NAME: text('leave it out to use that of MAIL_FROM').optional(),
    SHOP_URL: url(['https:', 'http:'], 'https://shop.example').optional(),
    SHOP_LOGO_URL: url(['https:', 'http:'], 'https://shop.example/logo.png').optional(),
    SHOP_PAYMENT_METHOD: text('the default is card').default('card'),
  }),
  providers: z.object({
    PROVIDER_TIMEOUT: positive('10s').refine((ms) => ms <= 15_000, 'must not be longer than 15s'),
  }),
  providerRates: z.object({
    STRIPE_RATE_LIMIT: whole(0, 10_000).optional(),
    CARRIER_RATE_LIMIT: whole(0, 10_000).default(0),
    SMTP_RATE_LIMIT: whole(0, 10_000).default(0),
  }),
  /** Of the events that are sent. */
  outgoingWebhooks: z.object({
    /** The first encrypts; others while one replaces the other. */
    WEBHOOK_SECRET_KEY: list(
      '',
      /^[A-Za-z0-9+/]{43}=$/,
      '32 bytes in base64, as openssl rand -base64 32 makes them; or several, while one replaces the other',
    ),
    WEBHOOK_ALLOWED_NETWORKS: list(
      '',
      { test: isTargetNetwork },
      'IP addresses, networks such as 10.0.0.0/8, or loopback',
    ),
    WEBHOOK_SECRET_OVERLAP: positive('24h').refine(
      (ms) => ms <= 30 * 86_400_000,
      'must not be longer than 30d',
    ),
    WEBHOOK_TIMEOUT: positive('15s').refine((ms) => ms <= 60_000, 'must not be longer than 1m'),
    WEBHOOK_CONCURRENCY: whole(1, 10_000).default(200),
    WEBHOOK_ENDPOINT_CONCURRENCY: whole(1, 1_000).default(10),
    WEBHOOK_DISABLE_AFTER: positive('5d'),
  }),
  migration: z.object({
    MIGRATION_STATEMENT_TIMEOUT: positive('30m'),
  }),
  api: z.object({
    API_HOST: text('the default is 127.0.0.1').default('127.0.0.1'),
    API_PORT: port(3000),
    RATE_LIMIT: whole(1, 1_000_000).default(200),
    CORS_ORIGINS: list('', /^https?:\/\/[a-z0-9.:[\]-]+$/, 'origins, such as https://shop.example'),
    TRUSTED_PROXIES: list('', { test: isNetwork }, 'IP addresses, networks such as 10.0.0.0/8, or loopback'),
    REQUEST_TIMEOUT: positive('30s').refine((ms) => ms <= 300_000, 'must not be longer than 5m'),
    KEEP_ALIVE_TIMEOUT: positive('65s').refine((ms) => ms <= 600_000, 'must not be longer than 10m'),
    MAX_CONNECTIONS: whole(1, 100_000).default(1_000),
    MAX_EVENT_STREAMS: whole(0, 100_000).default(1_000),
    MAX_EVENT_STREAMS_PER_SERVICE: whole(1, 100_000).default(100),
    EVENT_STREAM_HEARTBEAT: positive('15s').refine((ms) => ms <= 60_000, 'must not be longer than 1m'),
    EVENT_STREAM_DURATION: positive('1h').refine((ms) => ms <= 86_400_000, 'must not be longer than 24h'),
    DRAIN_DELAY: duration('5s').refine((ms) => ms <= 120_000, 'must not be longer than 2m'),
  }),
  console: CONSOLE_SETTINGS,
  pricing: z
    .object({
      CURRENCIES: list('EUR', /^[A-Z]{3}$/, 'ISO 4217 codes')
        .refine((codes) => codes.length > 0, 'must name a currency, or nothing could be sold')
        .superRefine((codes, context) => {
          for (const code of codes.filter((each) => /^[A-Z]{3}$/.test(each) && !CURRENCIES.has(each)))
            context.addIssue({
              code: 'custom',
              message: `names ${code}, which cannot be charged: it is not in the table of libs/domain/money/currencies.ts`,
            });
        }),
      TAX_RATE: z.coerce.number('must be a fraction, such as 0.19').min(0).max(1).default(0),
      SHIPPING_FEE: z
        .string()
        .default('0')
        .transform((value, context) => {
          const fee = parseShippingFee(value);
          if (fee !== undefined) return fee;
          context.addIssue({
            code: 'custom',
            message: 'must be minor units, such as 490, or for each currency, such as EUR:490,JPY:600',
          });
          return z.NEVER;
        }),
    })
    .superRefine(({ CURRENCIES: currencies, SHIPPING_FEE: fee }, context) => {
      for (const message of shippingFeeErrors(fee, currencies))
        context.addIssue({ code: 'custom', path: ['SHIPPING_FEE'], message });
    }),
  policy: z
    .object({
      RESERVATION_TTL: positive('45m'),
      GRACE_BEFORE_CHARGE: duration('0s'),
      CAPTURE_MODE: z
        .enum(['immediate', 'on_shipment'], 'must be immediate or on_shipment')
        .default('immediate'),
      PAYMENT_WINDOW: positive('30m'),
      DECLINE_WINDOW: duration('0s'),
      DELIVERY_DEADLINE: positive('14d'),
      RETRY_ATTEMPTS: z.coerce.number('must be a whole number').int().min(1).max(1_000).default(20),
      RETRY_INITIAL: positive('1s'),
      RETRY_MAX: positive('1m'),
    })
    .refine((p) => p.GRACE_BEFORE_CHARGE < p.RESERVATION_TTL, {
      when: ({ value }) => durations(value, ['RESERVATION_TTL', 'GRACE_BEFORE_CHARGE']),
      path: ['GRACE_BEFORE_CHARGE'],
      message: 'must be shorter than RESERVATION_TTL, or no order could ever be charged',
    })
    .refine((p) => p.PAYMENT_WINDOW < p.RESERVATION_TTL, {
      when: ({ value }) => durations(value, ['RESERVATION_TTL', 'PAYMENT_WINDOW']),
      path: ['PAYMENT_WINDOW'],
      message: 'must be shorter than RESERVATION_TTL, or the goods are let go before the shopper could pay',
    })
    .refine((p) => p.DECLINE_WINDOW < p.RESERVATION_TTL, {
      when: ({ value }) => durations(value, ['RESERVATION_TTL', 'DECLINE_WINDOW']),
      path: ['DECLINE_WINDOW'],
      message: 'must be shorter than RESERVATION_TTL, or the goods are let go before the shopper could pay',
    })
    .refine((p) => p.RETRY_INITIAL <= p.RETRY_MAX, {
      when: ({ value }) => durations(value, ['RETRY_INITIAL', 'RETRY_MAX']),
      path: ['RETRY_INITIAL'],
      message: 'must not be longer than RETRY_MAX',
    }),
  worker: z
    .object({
      WORKER_TASK_QUEUES: list(
        'order-processing,email,reconciliation',
        /^(order-processing|email|reconciliation)$/,
        'order-processing, email or reconciliation',
      ).refine((queues) => queues.length > 0, 'must name a task queue, or the worker would do nothing'),
      SHIP_TO: list('', { test: isCountry }, 'ISO 3166-1 alpha-2 country codes or XK', meantCountry),
      WORKER_ACTIVITIES: whole(1, 10_000).default(100),
      WORKER_EMAILS: whole(1, 10_000).default(20),
      WORKER_WORKFLOW_TASKS: whole(2, 10_000).default(40),
      WORKER_CACHED_RUNS: whole(2, 100_000).default(200),
      SWEEP_INTERVAL: positive('10s'),
      LOST_RUN: z.enum(['attention', 'restart'], 'must be attention or restart').default('attention'),
      LOST_RUN_LIMIT: whole(0, 1_000_000).default(20),
      LOST_RUN_INTERVAL: positive('30s').refine((ms) => ms <= 600_000, 'must not be longer than 10m'),
      IDEMPOTENCY_KEY_RETENTION: retention('30d', '1d'),
      INBOX_RETENTION: retention('90d', '90d'),
      EVENT_RETENTION: retention('90d', '1d'),
      WEBHOOK_RETENTION: retention('30d', '1d'),
      SHUTDOWN_GRACE: positive('15s'),
    })
    .refine((worker) => worker.WORKER_WORKFLOW_TASKS <= worker.WORKER_CACHED_RUNS, {
      path: ['WORKER_CACHED_RUNS'],
      message: 'must not be less than WORKER_WORKFLOW_TASKS',
    })
    .refine((worker) => worker.WEBHOOK_RETENTION <= worker.EVENT_RETENTION, {
      when: ({ value }) => durations(value, ['WEBHOOK_RETENTION', 'EVENT_RETENTION']),
      path: ['WEBHOOK_RETENTION'],
      message: 'must not be longer than EVENT_RETENTION: a delivery has no more than its event',
    }),
  reconciliation: z.object({
    STRIPE_ACCOUNT_EXCLUSIVE: flag('false'),
    RECONCILE_INTERVAL: positive('1h').refine((ms) => ms >= 1_000, 'must be at least 1s'),
  }),
  metrics: z.object({
    METRICS_HOST: text('the default is 127.0.0.1').default('127.0.0.1'),
    METRICS_PORT: port(9464),
    API_METRICS_PORT: port(9465),
  }),
  /** Named by OpenTelemetry, whose SDK reads some more: see docs/tracing.md. */
  traces: z.object({
    OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:'], 'http://127.0.0.1:4318').optional(),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url(
      ['http:', 'https:'],
      'http://127.0.0.1:4318/v1/traces',
    ).optional(),
    OTEL_EXPORTER_OTLP_PROTOCOL: z
      .enum(['http/protobuf', 'http/json'], 'must be http/protobuf or http/json')
      .default('http/protobuf'),
    OTEL_EXPORTER_OTLP_HEADERS: text('leave it out if there are none').optional(),
    OTEL_SERVICE_NAME: text('leave it out to use order-api and order-worker').optional(),
    OTEL_RESOURCE_ATTRIBUTES: text('leave it out if there are none').optional(),
    OTEL_TRACES_SAMPLER: z.enum(SAMPLERS, `must be ${SAMPLERS.join(', ')}`).default('parentbased_always_on'),
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number('must be a fraction, such as 0.1').min(0).max(1).default(1),
    OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'must be otlp or none').default('otlp'),
    OTEL_SDK_DISABLED: flag('false'),
  }),
  logs: z.object({
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  }),
} as const satisfies Groups;

export type GroupName = keyof typeof groups;
export const GROUP_NAMES = Object.keys(groups) as GroupName[];
export type Environment<G extends GroupName> = Settings<Pick<typeof groups, G>>;

export const VARIABLES = variablesOf(groups);

/**
 * Reads and checks the groups of variables a process needs, taking what `.env` adds to `process.env`.
 *
 * @throws InvalidEnvironment with one line for each variable that is wrong
 */
export function environmentFor<G extends GroupName>(names: readonly G[], source?: Source): Environment<G> {
  return readSettings(groupsNamed(names), source);
}

export function groupsNamed<G extends GroupName>(names: readonly G[]): Pick<typeof groups, G> {
  return Object.fromEntries(names.map((name) => [name, groups[name]])) as Pick<typeof groups, G>;
}
