import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { environmentFor, type GroupName, VARIABLES } from './environment.js';
import { InvalidEnvironment } from './settings.js';

type Source = Readonly<Record<string, string>>;

const STORE = { DATABASE_URL: 'postgresql://app:secret@db:5432/orders' };

function faultsOf(groups: readonly GroupName[], source: Source): string[] {
  try {
    environmentFor(groups, source);
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    return error.message.split('\n').flatMap((line) => (line.startsWith('  - ') ? [line.slice(4)] : []));
  }
  return [];
}

describe('the environment', () => {
  it('is read with its defaults', () => {
    expect(environmentFor(['store', 'policy'], STORE)).toEqual({
      store: {
        DATABASE_URL: STORE.DATABASE_URL,
        DATABASE_POOL_SIZE: 10,
        DATABASE_CONNECT_TIMEOUT: 5_000,
        DATABASE_STATEMENT_TIMEOUT: 5_000,
        DATABASE_LOCK_TIMEOUT: 2_000,
        DATABASE_IDLE_TRANSACTION_TIMEOUT: 10_000,
      },
      policy: {
        RESERVATION_TTL: 2_700_000,
        GRACE_BEFORE_CHARGE: 0,
        CAPTURE_MODE: 'immediate',
        PAYMENT_WINDOW: 1_800_000,
        DECLINE_WINDOW: 0,
        DELIVERY_DEADLINE: 1_209_600_000,
        RETRY_ATTEMPTS: 20,
        RETRY_INITIAL: 1_000,
        RETRY_MAX: 60_000,
      },
    });
  });

  it('is refused in one message that names every fault of every group, and where to look', () => {
    const source = {
      CARRIER_URL: 'carrier.example.com',
      STRIPE_SECRET_KEY: 'pk_test_1',
      RETRY_ATTEMPTS: '0',
      RESERVATION_TTL: '45 minutes',
    };
    const read = () => environmentFor(['store', 'payments', 'carrier', 'policy'], source);
    expect(read).toThrow(InvalidEnvironment);
    expect(read).toThrow(/^The environment is not usable:\n[^]*\nSee \.env\.example\.$/);
    const faults = faultsOf(['store', 'payments', 'carrier', 'policy'], source);
    expect(faults.map((fault) => fault.split(' ', 1).join()).sort()).toEqual([
      'CARRIER_URL',
      'DATABASE_URL',
      'RESERVATION_TTL',
      'RETRY_ATTEMPTS',
      'STRIPE_SECRET_KEY',
    ]);
  });

  it('is read only for the groups of a part', () => {
    expect(faultsOf(['logs'], { STRIPE_SECRET_KEY: 'nonsense' })).toEqual([]);
  });

  it('does not print a secret in a complaint about it', () => {
    const source = { DATABASE_URL: 'mysql://app:hunter2@db/orders', CARRIER_SECRET: 'hunter2' };
    expect(faultsOf(['store', 'carrierWebhooks'], source).join()).not.toContain('hunter2');
  });

  it('treats an empty variable as one that is not set', () => {
    expect(faultsOf(['store'], { DATABASE_URL: '' })).toEqual(['DATABASE_URL is not set']);
    expect(environmentFor(['api'], { API_PORT: '', API_HOST: '' }).api).toMatchObject({
      API_HOST: '127.0.0.1',
      API_PORT: 3000,
    });
  });
});

describe('a variable', () => {
  it.each<[GroupName, Source, string]>([
    ['store', {}, 'DATABASE_URL is not set'],
    [
      'store',
      { DATABASE_URL: 'localhost:5432' },
      'DATABASE_URL is not a postgresql:// or postgres:// URL; write postgresql://user:password@host:5432/database',
    ],
    [
      'payments',
      { STRIPE_SECRET_KEY: 'pk_live_1' },
      'must be a secret key of Stripe, sk_test_… or sk_live_…',
    ],
    ['carrierWebhooks', { CARRIER_SECRET: 'whsec_short' }, 'at least 24 bytes in base64'],
    ['temporal', { TEMPORAL_ADDRESS: 'http://temporal:7233' }, 'must be host:port, such as 127.0.0.1:7233'],
    ['temporal', { TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS must be true or false'],
    ['api', { API_PORT: '70000' }, 'API_PORT must be 1 to 65535'],
    ['api', { API_PORT: 'http' }, 'API_PORT must be a port number'],
    [
      'api',
      { TRUSTED_PROXIES: 'nginx' },
      'TRUSTED_PROXIES must be IP addresses, networks such as 10.0.0.0/8',
    ],
    ['api', { TRUSTED_PROXIES: '0.0.0.0/0' }, 'TRUSTED_PROXIES must be IP addresses'],
    ['api', { TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES must be IP addresses'],
    ['pricing', { CURRENCIES: 'EUR,euro' }, 'CURRENCIES must be ISO 4217 codes, separated by commas'],
    [
      'pricing',
      { CURRENCIES: 'EUR,XAU' },
      'CURRENCIES names XAU, which cannot be charged: it is not in the table of libs/domain/money/currencies.ts',
    ],
    [
      'pricing',
      { SHIPPING_FEE: '4.90' },
      'SHIPPING_FEE must be minor units, such as 490, or for each currency',
    ],
    ['pricing', { SHIPPING_FEE: 'EUR:490,EUR:600' }, 'SHIPPING_FEE must be minor units'],
    [
      'pricing',
      { CURRENCIES: 'EUR,JPY', SHIPPING_FEE: '490' },
      'SHIPPING_FEE must name each of CURRENCIES with its own amount, such as EUR:490,JPY:490',
    ],
    [
      'pricing',
      { CURRENCIES: 'EUR,JPY', SHIPPING_FEE: 'EUR:490' },
      'SHIPPING_FEE says nothing of JPY, which is one of CURRENCIES',
    ],
    ['pricing', { SHIPPING_FEE: 'EUR:490,USD:490' }, 'SHIPPING_FEE names USD, which is none of CURRENCIES'],
    ['pricing', { CURRENCIES: 'KWD', SHIPPING_FEE: '1995' }, 'SHIPPING_FEE must be a multiple of 10 for KWD'],
    ['pricing', { SHIPPING_FEE: '100000000' }, 'SHIPPING_FEE must be at most 99999999 for EUR'],
    ['worker', { SHIP_TO: 'DE,GBR' }, 'SHIP_TO must be ISO 3166-1 alpha-2 country codes'],
    ['policy', { DELIVERY_DEADLINE: '0s' }, 'DELIVERY_DEADLINE must be longer than 0'],
    [
      'policy',
      { DELIVERY_DEADLINE: '2 weeks' },
      'DELIVERY_DEADLINE "2 weeks" is not a duration; write 500ms, 15s, 30m, 12h or 14d',
    ],
    ['providers', { PROVIDER_TIMEOUT: '1m' }, 'PROVIDER_TIMEOUT must not be longer than 15s'],
    ['worker', { INBOX_RETENTION: '30d' }, 'INBOX_RETENTION must be 90d to 3650d'],
    ['worker', { IDEMPOTENCY_KEY_RETENTION: '4000d' }, 'IDEMPOTENCY_KEY_RETENTION must be 1d to 3650d'],
    ['mail', { SMTP_URL: 'smtp://mail', MAIL_FROM: 'the shop' }, 'MAIL_FROM must be one address'],
    [
      'mail',
      { SMTP_URL: 'smtp://mail', MAIL_FROM: 'a@b.example, c@d.example' },
      'MAIL_FROM must be one address',
    ],
    ['mail', { SMTP_URL: 'smtp://mail', MAIL_FROM: 'Shop; <a@b.example>' }, 'MAIL_FROM must be one address'],
    [
      'mail',
      { SMTP_URL: 'smtp://mail', MAIL_FROM: 'Shop\r\nBcc: x@y.example <a@b.example>' },
      'MAIL_FROM must be one address',
    ],
  ])('that is wrong says how to correct it: %s %j', (group, source, complaint) => {
    const faults = faultsOf([group], source);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(complaint);
  });

  it('may be a list, with spaces between', () => {
    expect(
      environmentFor(['worker', 'pricing'], { SHIP_TO: 'DE, GB,,', CURRENCIES: 'EUR, USD' }),
    ).toMatchObject({
      worker: { SHIP_TO: ['DE', 'GB'] },
      pricing: { CURRENCIES: ['EUR', 'USD'] },
    });
  });

  it('names the trusted proxies, by default none', () => {
    const read = (proxies: string) =>
      environmentFor(['api'], { TRUSTED_PROXIES: proxies }).api.TRUSTED_PROXIES;
    expect(read('')).toEqual([]);
    const some = ['loopback', '10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1'];
    expect(read(some.join(', '))).toEqual(some);
  });
});

describe('variables that must fit each other', () => {
  it.each<[string, Source, string[]]>([
    [
      'a window for remorse as long as the reservation',
      { GRACE_BEFORE_CHARGE: '1h', RESERVATION_TTL: '1h' },
      ['GRACE_BEFORE_CHARGE must be shorter than RESERVATION_TTL, or no order could ever be charged'],
    ],
    [
      'a first pause longer than the longest',
      { RETRY_INITIAL: '2m' },
      ['RETRY_INITIAL must not be longer than RETRY_MAX'],
    ],
    [
      'a longest pause shorter than the default of the first',
      { RETRY_MAX: '500ms' },
      ['RETRY_INITIAL must not be longer than RETRY_MAX'],
    ],
    [
      'both at once',
      { GRACE_BEFORE_CHARGE: '2h', RETRY_INITIAL: '2m' },
      [
        'GRACE_BEFORE_CHARGE must be shorter than RESERVATION_TTL, or no order could ever be charged',
        'RETRY_INITIAL must not be longer than RETRY_MAX',
      ],
    ],
  ])('are refused: %s', (_, source, faults) => {
    expect(faultsOf(['policy'], source)).toEqual(faults);
  });

  it('are refused: a lock that is waited for longer than the statement that needs it', () => {
    expect(faultsOf(['store'], { ...STORE, DATABASE_LOCK_TIMEOUT: '5s' })).toEqual([
      'DATABASE_LOCK_TIMEOUT must be shorter than DATABASE_STATEMENT_TIMEOUT, which would end the wait first',
    ]);
  });

  it('are refused: more workflow tasks at once than runs that are remembered', () => {
    const fault = 'WORKER_CACHED_RUNS must not be less than WORKER_WORKFLOW_TASKS';
    expect(faultsOf(['worker'], { WORKER_CACHED_RUNS: '39' })).toEqual([fault]);
    expect(faultsOf(['worker'], { WORKER_WORKFLOW_TASKS: '201' })).toEqual([fault]);
    expect(faultsOf(['worker'], { WORKER_CACHED_RUNS: '40' })).toEqual([]);
  });

  it('are accepted when they do', () => {
    const source = { GRACE_BEFORE_CHARGE: '44m', RETRY_INITIAL: '1m', RETRY_MAX: '1m' };
    expect(faultsOf(['policy'], source)).toEqual([]);
  });
});

describe('the list of variables', () => {
  const required = Object.keys(VARIABLES).filter((name) => VARIABLES[name]?.required);

  it('marks those without a default', () => {
    expect(required.sort()).toEqual([
      'CARRIER_SECRET',
      'CARRIER_URL',
      'DATABASE_URL',
      'SMTP_URL',
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRET',
    ]);
  });

  it('has the group of each: an empty group misses exactly its required ones', () => {
    for (const group of new Set(Object.values(VARIABLES).map((variable) => variable.group))) {
      const missing = faultsOf([group], {}).map((fault) => fault.replace(' is not set', ''));
      expect(missing.sort(), group).toEqual(
        required.filter((name) => VARIABLES[name]?.group === group).sort(),
      );
    }
  });
});

describe('a setting that is given as a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-settings-'));
  const file = (name: string, contents: string) => {
    const path = join(folder, name);
    writeFileSync(path, contents);
    return path;
  };
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const key = (source: Source) => environmentFor(['payments'], source).payments.STRIPE_SECRET_KEY;
  const MISSING = join(folder, 'missing');

  it.each([
    ['as an editor writes it', 'sk_test_1\n'],
    ['as Kubernetes mounts it', 'sk_test_1'],
    ['with the line break of Windows', 'sk_test_1\r\n'],
  ])('is read %s', (_, contents) => {
    expect(key({ STRIPE_SECRET_KEY_FILE: file('key', contents) })).toBe('sk_test_1');
  });

  it('is checked as one that is written down', () => {
    expect(faultsOf(['payments'], { STRIPE_SECRET_KEY_FILE: file('wrong', 'pk_test_1\n') })).toEqual([
      'STRIPE_SECRET_KEY must be a secret key of Stripe, sk_test_… or sk_live_…',
    ]);
  });

  it.each([
    [
      'is missing',
      { STRIPE_SECRET_KEY_FILE: MISSING },
      `names a file that cannot be read, ${MISSING}: ENOENT`,
    ],
    [
      'is a folder',
      { STRIPE_SECRET_KEY_FILE: folder },
      `names a file that cannot be read, ${folder}: EISDIR`,
    ],
    [
      'is empty',
      { STRIPE_SECRET_KEY_FILE: file('empty', '\n') },
      `names an empty file, ${join(folder, 'empty')}`,
    ],
    [
      'is set twice',
      { STRIPE_SECRET_KEY_FILE: MISSING, STRIPE_SECRET_KEY: 'sk_test_1' },
      'is set beside STRIPE_SECRET_KEY; set one of them',
    ],
  ])('is refused in one line where it %s', (_, source, fault) => {
    expect(faultsOf(['payments'], source)).toEqual([`STRIPE_SECRET_KEY_FILE ${fault}`]);
  });

  it.each([
    [
      'a certificate without its key',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: 'CERTIFICATE' },
      'TEMPORAL_TLS_CLIENT_KEY_PATH is not set: a certificate and its key belong together',
    ],
    [
      'a key in the place of a certificate',
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'PRIVATE KEY' },
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH names a file without a certificate in PEM',
    ],
  ])('of Temporal is refused: %s', (_, kinds, fault) => {
    const source = Object.entries(kinds).map(([name, kind]) => [
      name,
      file(name, `-----BEGIN ${kind}-----\nAAAA\n-----END ${kind}-----\n`),
    ]);
    expect(faultsOf(['temporal'], Object.fromEntries(source))).toEqual([expect.stringContaining(fault)]);
  });
});

describe('the build of a worker', () => {
  const NAME = { TEMPORAL_DEPLOYMENT_NAME: 'orders' };
  const BUILD = { TEMPORAL_WORKER_BUILD_ID: '0.2.0' };
  const BOTH =
    'is not set: a deployment and the build of this worker belong together; without both, workers are not versioned';

  it('is named by both variables, or by none', () => {
    const promotes = { TEMPORAL_WORKER_PROMOTES: false };
    expect(environmentFor(['deployment'], {}).deployment).toEqual(promotes);
    expect(environmentFor(['deployment'], { ...NAME, ...BUILD }).deployment).toEqual({
      ...NAME,
      ...BUILD,
      ...promotes,
    });
  });

  it.each([
    [NAME, `TEMPORAL_WORKER_BUILD_ID ${BOTH}`],
    [BUILD, `TEMPORAL_DEPLOYMENT_NAME ${BOTH}`],
    [
      { ...BUILD, TEMPORAL_DEPLOYMENT_NAME: 'shop.orders' },
      'TEMPORAL_DEPLOYMENT_NAME must be a name of at most 200 characters, without dot and colon, such as orders',
    ],
    [
      { ...NAME, TEMPORAL_WORKER_BUILD_ID: '__unversioned__' },
      'TEMPORAL_WORKER_BUILD_ID must be a name of at most 200 characters, without colon, such as 0.2.0',
    ],
  ])('stops the start where it is %j', (source, fault) => {
    expect(faultsOf(['deployment'], source)).toEqual([fault]);
  });
});
