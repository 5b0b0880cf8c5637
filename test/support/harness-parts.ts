import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import Stripe from 'stripe';
import { inject } from 'vitest';

import type { Ports } from '../../apps/worker/activities/activities.js';
import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { startTestSandbox } from '../../dev/sandbox/test-sandbox.js';
import { SmtpMailer } from '#libs/mail/smtp.mailer';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { CarrierClient } from '#libs/shipping/carrier.client';
import type { Database } from '#libs/persistence/database/database';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';

import { capturedLog } from './captured-log.js';
import { Inbox } from './inbox.js';
import { lease } from './lease.js';
import { CATALOGUE } from './orders.js';
import { NAMESPACES } from './shared-servers.js';
import { openTestDatabase, testDatabase } from './test-database.js';

/** How long a provider may take in a test, in milliseconds. */
const PROVIDER_TIMEOUT = 10_000;

/** The dependencies of a worker, all of them real and its own. */
export interface HarnessParts {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly stripe: Stripe;
  readonly inbox: Inbox;
  readonly namespace: string;
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly runs: OrderRuns;
  readonly gatewayOptions: ConstructorParameters<typeof StripeGateway>[0];
  /** The dependencies of the activities. */
  readonly ports: Ports;
  /** Every line the activities wrote. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** A database and a Temporal namespace of one's own, and a sandbox and an inbox behind the real clients. */
export async function openParts(): Promise<HarnessParts> {
  const { logger, lines: log } = capturedLog('test');
  const databaseUrl = await testDatabase();
  const database = openTestDatabase(databaseUrl);
  const store = new Store(database);
  await store.catalogue.seed(CATALOGUE);
  // Tests send the carrier's events themselves, to choose their time.
  const sandbox = await startTestSandbox();
  const { hostname, port } = new URL(sandbox.url);
  const stripe = new Stripe('sk_test_counting', { host: hostname, port, protocol: 'http' });
  const inbox = await Inbox.open();
  const address = inject('temporalAddress');
  const namespace = lease(NAMESPACES);
  const client = lazyClient({
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TLS: false,
  });
  const connection = await NativeConnection.connect({ address });
  const runs = new OrderRuns(client, store);
  const timeout = PROVIDER_TIMEOUT;
  const mailer = new SmtpMailer({ url: inbox.url, from: 'Shop <orders@shop.example>', timeout });
  const gatewayOptions = { secretKey: 'sk_test_tests', apiUrl: sandbox.url, timeout };
  const ports: Ports = {
    store,
    runs,
    gateway: new StripeGateway(gatewayOptions),
    carrier: new CarrierClient({ url: `${sandbox.url}/carrier`, timeout }),
    mailer,
    shop: { name: 'Shop', paymentMethod: 'card' },
    logger,
    shipTo: ['GB', 'DE'],
  };
  return {
    databaseUrl,
    database,
    store,
    sandbox,
    stripe,
    inbox,
    namespace,
    client,
    connection,
    runs,
    gatewayOptions,
    ports,
    log,
    async close() {
      await sandbox.close();
      await mailer.close();
      await inbox.close();
      await client.connection.close();
      await connection.close();
      await store.close();
    },
  };
}
