import { expect, test } from 'vitest';

import { InvalidEnvironment } from '#libs/config/settings';

import { localSettings, neededPorts } from './local-settings.js';

const kept = {
  dataDir: '/project/.data',
  carrierSecret: `whsec_${'A'.repeat(43)}=`,
  paymentSecret: 'whsec_made_here',
  webhookKey: `${'B'.repeat(43)}=`,
};

test('with nothing set, every piece is embedded and reached over loopback', () => {
  const { variables, embedded } = localSettings({}, kept);
  expect(embedded).toEqual({ postgres: true, temporal: true, gateway: true, carrier: true, mail: true });
  expect(variables).toEqual({
    CONSOLE_DEVELOPMENT_SIGN_IN: 'true',
    CONSOLE_URL: 'http://127.0.0.1:3000',
    DATABASE_URL: 'postgresql://orders:orders@127.0.0.1:5433/orders',
    DRAIN_DELAY: '0s',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_API_URL: 'http://127.0.0.1:4010',
    STRIPE_WEBHOOK_SECRET: kept.paymentSecret,
    GATEWAY_WEBHOOK_URL: 'http://127.0.0.1:3000/webhooks/stripe',
    CARRIER_URL: 'http://127.0.0.1:4010/carrier',
    CARRIER_SECRET: kept.carrierSecret,
    CARRIER_WEBHOOK_URL: 'http://127.0.0.1:3000/webhooks/deliveries',
    SANDBOX_GATEWAY: 'true',
    SANDBOX_STATE_FILE: '/project/.data/sandbox.json',
    SMTP_URL: 'smtp://127.0.0.1:1025',
    WEBHOOK_SECRET_KEY: kept.webhookKey,
    WEBHOOK_ALLOWED_NETWORKS: 'loopback',
  });
});

test('changed ports are followed', () => {
  const { variables } = localSettings({ API_PORT: '3001', SANDBOX_PORT: '4011', SMTP_PORT: '2025' }, kept);
  expect(variables).toMatchObject({
    STRIPE_API_URL: 'http://127.0.0.1:4011',
    CARRIER_WEBHOOK_URL: 'http://127.0.0.1:3001/webhooks/deliveries',
    GATEWAY_WEBHOOK_URL: 'http://127.0.0.1:3001/webhooks/stripe',
    SMTP_URL: 'smtp://127.0.0.1:2025',
  });
});

test('Stripe itself turns the sandbox’s gateway off, and its address is left to its default', () => {
  const { variables, embedded, environment } = localSettings(
    { STRIPE_SECRET_KEY: 'sk_test_mine', STRIPE_WEBHOOK_SECRET: 'whsec_old, whsec_new' },
    kept,
  );
  expect(embedded).toMatchObject({ gateway: false, carrier: true });
  expect(variables).toMatchObject({ STRIPE_SECRET_KEY: 'sk_test_mine', SANDBOX_GATEWAY: 'false' });
  expect(environment.payments.STRIPE_API_URL).toBe('https://api.stripe.com');
  expect(environment.paymentWebhooks.STRIPE_WEBHOOK_SECRET).toEqual(['whsec_old', 'whsec_new']);
});

test('Stripe itself needs the secret that it signs with', () => {
  expect(() => localSettings({ STRIPE_SECRET_KEY: 'sk_test_mine' }, kept)).toThrow(
    'STRIPE_WEBHOOK_SECRET is not set',
  );
});

test('a real carrier needs its own secret', () => {
  expect(() => localSettings({ CARRIER_URL: 'https://carrier.example.com' }, kept)).toThrow(
    'CARRIER_SECRET is not set',
  );
});

test('every fault is listed at once, a port’s only where it was written', () => {
  expect(() => localSettings({ POSTGRES_PORT: 'x', SMTP_URL: 'http://mail', TAX_RATE: '7' }, kept)).toThrow(
    /SMTP_URL .*\n.*TAX_RATE .*\n.*POSTGRES_PORT .*\nSee/,
  );
});

test.each([
  ['METRICS_PORT', 'abc'],
  ['RECONCILE_INTERVAL', 'hourly'],
  ['SHIP_TO', 'Germany'],
  ['TEMPORAL_CLI_PATH', '/nowhere/temporal'],
  ['SANDBOX_DELIVERY_AFTER', 'soon'],
])('%s is checked before anything starts, whichever part reads it', (variable, value) => {
  expect(() => localSettings({ [variable]: value }, kept)).toThrow(new RegExp(`\\n  - ${variable} .*\\nSee`));
});

test('a fault is named once, though two parts read the variable or two rules are broken', () => {
  const faults = (source: Record<string, string>) => {
    try {
      localSettings(source, kept);
    } catch (error) {
      return error instanceof InvalidEnvironment ? error.message.split('\n').slice(1, -1) : [];
    }
    return [];
  };
  expect(faults({ STRIPE_WEBHOOK_SECRET: 'one, two, three' })).toEqual([
    '  - STRIPE_WEBHOOK_SECRET must be whsec_ and letters or digits, separated by commas',
  ]);
  expect(faults({ DATABASE_POOL_SIZE: '0.5' })).toEqual(['  - DATABASE_POOL_SIZE must be a whole number']);
});

test('only the ports of what runs are needed', () => {
  const { environment } = localSettings({}, kept);
  const needed = neededPorts(environment, (part) => part === 'mail');
  expect(needed.map(({ variable, port }) => [variable, port])).toEqual([
    ['SMTP_PORT', 1025],
    ['INBOX_PORT', 1080],
  ]);
});
