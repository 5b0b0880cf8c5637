import { randomBytes } from 'node:crypto';

import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import Stripe from 'stripe';
import { inject } from 'vitest';

import type { Ports } from '../../apps/worker/activities/activities.js';
import { createOrderWorkers } from '../../apps/worker/order-workers.js';
import { Sweeper } from '../../apps/worker/sweeper.js';
import { bundleSources, WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import type { Sandbox } from '../../apps/sandbox/sandbox.js';
import { shipments, startTestSandbox } from '../../apps/sandbox/test-sandbox.js';
import { orderWorkflowId } from '#libs/contracts/order-workflow';
import { SmtpMailer } from '#libs/mail/smtp.mailer';
import type { CarrierEventType } from '#libs/order/carrier-event';
import type { OrderId } from '#libs/order/order-id';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { CarrierClient } from '#libs/shipping/carrier.client';
import type { Resolution, StepName } from '#libs/order/steps';
import { type Database, openDatabase } from '#libs/store/database';
import type { AttentionRecord, OrderRecord } from '#libs/store/order-record';
import { Store } from '#libs/store/store';
import { createLogger } from '#libs/telemetry/logger';
import { lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';

import { eventually } from './eventually.js';
import { Inbox } from './inbox.js';
import { checkInvariants } from './invariants.js';
import { lease } from './lease.js';
import { acceptOrder, CATALOGUE, type Wanted } from './orders.js';
import { NAMESPACES } from './servers.js';
import { testDatabase } from './test-database.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** How long a provider may take in a test, in milliseconds. */
const PROVIDER_TIMEOUT = 2_000;

/** What a stand-in for one of the worker's ports can be made of. */
export interface Parts {
  readonly database: Database;
  readonly client: Client;
  readonly gatewayOptions: ConstructorParameters<typeof StripeGateway>[0];
}

export interface WorkshopOptions {
  /** Puts something else in place of a port of the worker's. What the test itself works with stays real. */
  readonly ports?: (real: Ports, parts: Parts) => Ports;
}

/**
 * A worker in this process on real parts: its own database, its own Temporal namespace, the real Stripe SDK
 * and carrier client against a sandbox of its own, real SMTP.
 */
export class Workshop {
  private workers: Worker[] = [];
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly databaseUrl: string,
    readonly database: Database,
    readonly store: Store,
    readonly sandbox: Sandbox,
    readonly stripe: Stripe,
    readonly inbox: Inbox,
    readonly client: Client,
    readonly runs: OrderRuns,
    readonly sweeper: Sweeper,
    /** What activities work with, for a test that runs one by itself. */
    readonly ports: Ports,
    readonly parts: Parts,
    private readonly connection: NativeConnection,
    private readonly mailer: SmtpMailer,
  ) {}

  static async open(options: WorkshopOptions = {}): Promise<Workshop> {
    const logger = createLogger('test', process.env['LOG_LEVEL'] ?? 'fatal');
    const databaseUrl = await testDatabase();
    const database = openDatabase(databaseUrl, 10);
    const store = new Store(database);
    await store.catalogue.seed(CATALOGUE);
    // Tests speak for the carrier themselves, so that they choose when.
    const sandbox = await startTestSandbox();
    const { hostname, port } = new URL(sandbox.url);
    const stripe = new Stripe('sk_test_counting', { host: hostname, port, protocol: 'http' });
    const inbox = await Inbox.open();
    const environment = {
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TEMPORAL_NAMESPACE: lease(NAMESPACES),
      TEMPORAL_TLS: false,
    };
    const client = lazyClient(environment);
    const runs = new OrderRuns(client, store);
    const connection = await NativeConnection.connect({ address: environment.TEMPORAL_ADDRESS });
    const mailer = new SmtpMailer({
      url: inbox.url,
      from: 'Shop <orders@shop.example>',
      timeout: PROVIDER_TIMEOUT,
    });
    const gatewayOptions = {
      secretKey: 'sk_test_tests',
      apiUrl: sandbox.url,
      timeout: PROVIDER_TIMEOUT,
    };
    const parts: Parts = { database, client, gatewayOptions };
    const ports: Ports = {
      store,
      runs,
      gateway: new StripeGateway(gatewayOptions),
      carrier: new CarrierClient({ url: `${sandbox.url}/carrier`, timeout: PROVIDER_TIMEOUT }),
      mailer,
      logger,
      shipTo: ['GB', 'DE'],
    };
    const workshop = new Workshop(
      databaseUrl,
      database,
      store,
      sandbox,
      stripe,
      inbox,
      client,
      runs,
      new Sweeper(store, runs, logger, 60_000),
      ports,
      parts,
      connection,
      mailer,
    );
    workshop.workers = await createOrderWorkers({
      ...(options.ports?.(ports, parts) ?? ports),
      connection,
      namespace: environment.TEMPORAL_NAMESPACE,
      workflows: { workflowsPath: WORKFLOWS_PATH, bundlerOptions: bundleSources },
      shutdownGrace: 1_000,
      // Every workflow task replays from the beginning, which proves that the code is deterministic.
      maxCachedWorkflows: 0,
    });
    workshop.running = Promise.all(workshop.workers.map((worker) => worker.run()));
    return workshop;
  }

  /** Accepts an order and starts its run. */
  async place(wanted: Wanted = {}): Promise<OrderId> {
    const { id, policy } = await acceptOrder(this.store, wanted);
    await this.runs.start(id, policy);
    return id;
  }

  /** Places an order whose intent the gateway does not know, which no amount of trying mends. */
  async placeWithIntent(intentId: string): Promise<OrderId> {
    const { id, policy } = await acceptOrder(this.store);
    await this.database.order.update({ where: { id }, data: { intentId } });
    await this.runs.start(id, policy);
    return id;
  }

  /** Ids of the runs that a query of Temporal's visibility finds. */
  async list(query: string): Promise<string[]> {
    const found: string[] = [];
    for await (const run of this.client.workflow.list({ query })) found.push(run.workflowId);
    return found;
  }

  /** What the carrier holds for an order, once it holds something. */
  async parcels(id: OrderId): Promise<{ trackingNumber: string; status: string }[]> {
    return eventually(
      async () => (await shipments(this.sandbox)).filter((parcel) => parcel.reference === id),
      (parcels) => parcels.length > 0,
    );
  }

  handle(id: OrderId) {
    return this.client.workflow.getHandle(orderWorkflowId(id));
  }

  /** Waits until the order is as wanted. */
  async until(id: OrderId, accepts: (order: OrderRecord) => boolean, within?: number): Promise<OrderRecord> {
    return eventually(() => this.store.orders.get(id), accepts, within);
  }

  /** Waits until the run has nothing left to do. */
  async closed(id: OrderId): Promise<OrderRecord> {
    const order = await this.until(id, ({ closedAt }) => closedAt !== null);
    await this.handle(id).result();
    return order;
  }

  /** Waits for the label. @returns the tracking number */
  async label(id: OrderId): Promise<string> {
    const order = await this.until(id, (current) => current.shipments.length > 0);
    return order.shipments[0]?.trackingNumber ?? '';
  }

  /** What the carrier reports, as its webhook would have it applied. */
  async carrierSays(
    trackingNumber: string,
    type: CarrierEventType,
    eventId = `evt_${randomBytes(8).toString('hex')}`,
  ) {
    const report = await this.store.inbox.receive({ eventId, type, trackingNumber, occurredAt: new Date() });
    if (report) await this.runs.reportShipment(report);
    return report;
  }

  /** Scripts a fault at the sandbox. */
  async fault(operation: string, fault: string, times: number, delay?: number): Promise<void> {
    await this.ask('POST', '/sandbox/faults', { operation, fault, times, delay });
  }

  async clearFaults(): Promise<void> {
    await this.ask('DELETE', '/sandbox/faults');
  }

  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.sandbox.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }

  /** What the gateway holds for an order. */
  async intents(id: OrderId): Promise<Stripe.PaymentIntent[]> {
    const { data } = await this.stripe.paymentIntents.list({ limit: 100 });
    return data.filter((intent) => intent.metadata['orderId'] === id);
  }

  /** Units of a product. */
  async stock(sku: string): Promise<{ onHand: number; reserved: number }> {
    const row = await this.database.product.findUniqueOrThrow({ where: { sku } });
    return { onHand: row.onHand, reserved: row.reserved };
  }

  /** Answers an attention as an operator would, once it is open. */
  async answer(id: OrderId, step: StepName, action: Resolution): Promise<void> {
    const isIt = (open: AttentionRecord) => open.step === step;
    const order = await this.until(id, ({ attention }) => attention.some(isIt));
    const attentionId = order.attention.find(isIt)?.id ?? '';
    const by = 'service:operator';
    const result = await this.store.attention.resolve(order, attentionId, { action, note: null, by });
    if (result !== 'resolved') throw new Error(result);
    await this.runs.resolveAttention({ attentionId, orderId: id, action, by });
  }

  async eventTypes(id: OrderId): Promise<string[]> {
    return (await this.store.orders.events(id)).map((event) => event.type);
  }

  async checkInvariants(): Promise<void> {
    await checkInvariants(this.databaseUrl, this.stripe);
  }

  async close(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await this.running;
    await this.sandbox.close();
    await this.mailer.close();
    await this.inbox.close();
    await this.client.connection.close();
    await this.connection.close();
    await this.store.close();
  }
}
