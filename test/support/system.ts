import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { Client } from '@temporalio/client';
import Stripe from 'stripe';
import supertest from 'supertest';
import { inject } from 'vitest';

import { type Child, type Exit, startChild } from '../../dev/stack/processes/child.js';
import { freePort } from '../../dev/stack/processes/ports.js';
import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { CARRIER_SECRET, PAYMENT_SECRET, post, startTestSandbox } from '../../dev/sandbox/test-sandbox.js';
import type { PlaceOrder } from '#libs/client/openapi';
import { everyOrderEvent } from '#libs/client/order-events';
import { answered, createShopClient, type ShopClient } from '#libs/client/shop-client';
import { OrderView } from '#libs/contracts/http/order-view.api';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';

import { basket } from './basket.js';
import type { Collector } from './collector.js';
import { eventually } from './eventually.js';
import { Inbox } from './inbox.js';
import { checkAtRest, checkInvariants, type Records } from './invariants.js';
import { lease } from './lease.js';
import { CATALOGUE } from './orders.js';
import { ProcessGroup } from './process-group.js';
import { RoundRobin } from './round-robin.js';
import { checkSecrecy } from './secrecy.js';
import { NAMESPACES } from './shared-servers.js';
import { testDatabase } from './test-database.js';

/** Milliseconds in which a process has to end after its signal: more than any of them takes, as in deployment. */
const GRACE = 40_000;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface SystemOptions {
  /** From label to doorstep, in milliseconds; null when parcels move only by hand. */
  readonly deliveryAfter?: number | null;
  /** False for an API without a worker. */
  readonly worker?: boolean;
  /** A database with all migrations, instead of one on the server that all tests share. */
  readonly databaseUrl?: string;
  /** A separate Temporal, instead of the one that all tests share. */
  readonly temporal?: { readonly address: string; readonly namespace: string };
  /** How many APIs and how many workers; left out, as the run of the tests has them, which is one. */
  readonly processes?: number;
  /** More environment for every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where both processes send their spans to; left out, there are none. Closed with the system. */
  readonly collector?: Collector;
  /** The tests leave books that differ from the gateway's records. */
  readonly booksDiffer?: boolean;
  /** False where a release takes part that writes no events. */
  readonly isTold?: boolean;
}

/**
 * The whole service as it is deployed, on real parts: an API process and a worker process, or several of each, the APIs
 * behind a proxy. What is done to `the api` or `the worker` is done to all of its processes, unless it says "one".
 */
export class System {
  /** Every line the processes wrote. */
  readonly log: string[] = [];
  private readonly api: ProcessGroup;
  private readonly worker: ProcessGroup;
  private proxy: RoundRobin | undefined;
  /** Whether any worker has run: without one, no order comes to rest, and no mail is sent. */
  private hadWorker = false;

  private constructor(
    readonly url: string,
    readonly key: string,
    readonly databaseUrl: string,
    readonly store: Store,
    readonly sandbox: Sandbox,
    readonly stripe: Stripe,
    readonly inbox: Inbox,
    readonly client: Client,
    /** What every process is given; the first of several has the ports that it names, but for that of the API. */
    readonly environment: Readonly<Record<string, string>>,
    private readonly booksDiffer: boolean,
    private readonly isTold: boolean,
    readonly collector: Collector | undefined,
    each: { readonly api: readonly ProcessPorts[]; readonly worker: readonly ProcessPorts[] },
  ) {
    this.api = new ProcessGroup('api', each.api, (env) => {
      const own = `http://127.0.0.1:${env['API_PORT'] ?? this.environment['API_PORT']}`;
      return this.spawn('api', env, async () => (await fetch(`${own}/health/ready`)).ok);
    });
    this.worker = new ProcessGroup('worker', each.worker, (env) =>
      this.spawn('worker', env, /"worker ready"/),
    );
  }

  /** What was received of its traces. */
  get traces(): readonly string[] {
    return this.collector?.bodies ?? [];
  }

  static async start(options: SystemOptions = {}): Promise<System> {
    const databaseUrl = options.databaseUrl ?? (await testDatabase());
    const store = Store.open(databaseUrl, 5);
    await store.catalogue.seed(CATALOGUE);
    const key = await store.apiKeys.create('shop', ['read', 'write', 'operate']);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const sandbox = await startTestSandbox({
      carrierWebhookUrl: `${url}/webhooks/deliveries`,
      gatewayWebhooks: { url: `${url}/webhooks/stripe`, secret: PAYMENT_SECRET },
      deliveryAfter: options.deliveryAfter ?? null,
    });
    const gateway = new URL(sandbox.url);
    const stripe = new Stripe('sk_test_counting', {
      host: gateway.hostname,
      port: gateway.port,
      protocol: 'http',
    });
    const inbox = await Inbox.open();
    const temporal = {
      TEMPORAL_ADDRESS: options.temporal?.address ?? inject('temporalAddress'),
      TEMPORAL_NAMESPACE: options.temporal?.namespace ?? lease(NAMESPACES),
    };
    const processes = options.processes ?? processesInRun();
    const each = await portsOfEach(processes);
    const system = new System(
      url,
      key,
      databaseUrl,
      store,
      sandbox,
      stripe,
      inbox,
      lazyClient({ ...temporal, TEMPORAL_TLS: false }),
      {
        ...temporal,
        DATABASE_URL: databaseUrl,
        API_PORT: String(port),
        METRICS_PORT: String(await freePort()),
        API_METRICS_PORT: String(await freePort()),
        STRIPE_SECRET_KEY: 'sk_test_service',
        STRIPE_API_URL: sandbox.url,
        STRIPE_WEBHOOK_SECRET: PAYMENT_SECRET,
        CARRIER_URL: `${sandbox.url}/carrier`,
        CARRIER_SECRET,
        SMTP_URL: inbox.url,
        CONSOLE_URL: url,
        LOG_LEVEL: 'debug',
        // Tests send many requests at once; the limits have their own test.
        RATE_LIMIT: '100000',
        RETRY_INITIAL: '200ms',
        RETRY_MAX: '1s',
        SWEEP_INTERVAL: '1s',
        DRAIN_DELAY: '0s',
        WEBHOOK_SECRET_KEY: randomBytes(32).toString('base64'),
        WEBHOOK_ALLOWED_NETWORKS: 'loopback',
        // Tests of every operation read a stream to its end.
        EVENT_STREAM_DURATION: '500ms',
        ...options.collector?.environment,
        ...options.env,
      },
      options.booksDiffer ?? false,
      options.isTold ?? true,
      options.collector,
      each,
    );
    if (processes > 1)
      system.proxy = await RoundRobin.listen(
        port,
        each.api.map(({ API_PORT }) => Number(API_PORT)),
      );
    await Promise.all([system.startApi(), ...(options.worker === false ? [] : [system.startWorker()])]);
    return system;
  }

  /** How many APIs there are, and how many workers. */
  get processes(): number {
    return this.api.size;
  }

  async startApi(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.api.start(env);
  }

  async startWorker(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.hadWorker = true;
    await this.worker.start(env);
  }

  /**
   * Starts a program of another build beside those of this one. The caller stops it.
   *
   * @param folder the root of the build
   */
  async startOfBuild(
    app: 'api' | 'worker',
    folder: string,
    env: Readonly<Record<string, string>>,
  ): Promise<Child> {
    if (app === 'worker') this.hadWorker = true;
    const isReady = async () => (await fetch(`${this.url}/health/ready`)).ok;
    return this.spawn(app, env, app === 'worker' ? /"worker ready"/ : isReady, `${folder}/`);
  }

  /** Ends a process as a power cut would. */
  async kill(which: 'api' | 'worker'): Promise<void> {
    await this[which].kill();
  }

  /** Ends one of several as a power cut would, and starts it again. */
  async replaceOne(which: 'api' | 'worker', index: number): Promise<void> {
    await this[which].killOne(index);
    await this[which].startOne(index);
  }

  /** The process id of one of several. */
  pid(which: 'api' | 'worker', index: number): number {
    return this[which].pid(index);
  }

  /** Freezes a process, as an overloaded machine does, or resumes it. */
  freeze(which: 'api' | 'worker', frozen: boolean): void {
    this[which].signal(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Signals a process to end. @returns how it ended */
  async stop(which: 'api' | 'worker'): Promise<Exit> {
    return this[which].stop();
  }

  /** Asks the port of a process for monitoring. */
  async monitor(which: 'api' | 'worker', path: string): Promise<Response> {
    const port = this.environment[which === 'api' ? 'API_METRICS_PORT' : 'METRICS_PORT'];
    return fetch(`http://127.0.0.1:${port}${path}`);
  }

  /** The API, as a shop's server calls it. */
  get shop(): ShopClient {
    return createShopClient({ url: this.url, key: this.key });
  }

  /** The same with raw bytes, for requests that no shop should send, and for headers. */
  get http() {
    return supertest.agent(this.url).set('Authorization', `Bearer ${this.key}`);
  }

  /** An order in a shop's form; with changes, also an invalid one. */
  body(changes: Record<string, unknown> = {}) {
    return { ...basket(), ...changes };
  }

  async place(changes: Partial<PlaceOrder> = {}): Promise<OrderView> {
    const params = { header: { 'Idempotency-Key': randomUUID() } };
    const body = { ...basket(), ...changes };
    return OrderView.parse(await answered(this.shop.POST('/orders', { params, body })));
  }

  async order(id: string): Promise<OrderView> {
    const params = { path: { id } };
    return OrderView.parse(await answered(this.shop.GET('/orders/{id}', { params })));
  }

  async until(id: string, accepts: (order: OrderView) => boolean, within?: number): Promise<OrderView> {
    return eventually(() => this.order(id), accepts, within);
  }

  /** What the carrier reports of an order's parcel, once there is one. */
  async carrierSays(id: string, what: 'picked_up' | 'delivered' | 'returned'): Promise<void> {
    const { shipments } = await this.until(id, (order) => order.shipments.length > 0);
    const url = `${this.sandbox.url}/sandbox/shipments/${shipments[0]?.trackingNumber}/events`;
    const answer = await post(url, { type: `shipment.${what}` });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  }

  async eventTypes(id: string): Promise<string[]> {
    return (await everyOrderEvent(this.shop, id)).map((event) => event.type);
  }

  async intents(id: string): Promise<Stripe.PaymentIntent[]> {
    const found: Stripe.PaymentIntent[] = [];
    for await (const intent of this.stripe.paymentIntents.list({ limit: 100 }))
      if (intent.metadata['orderId'] === id) found.push(intent);
    return found;
  }

  /** How often each order was charged, by the gateway's own records. */
  async charges(): Promise<Record<string, number>> {
    const charges: Record<string, number> = {};
    for await (const { status, metadata } of this.stripe.paymentIntents.list({ limit: 100 })) {
      const id = metadata['orderId'];
      if (status === 'succeeded' && id !== undefined) charges[id] = (charges[id] ?? 0) + 1;
    }
    return charges;
  }

  /** @throws Error naming each invariant that is broken once every order is at rest */
  async checkInvariants(): Promise<void> {
    const records: Pick<Records, 'isTold'> = { isTold: this.isTold };
    const stripe = this.booksDiffer ? undefined : this.stripe;
    if (this.hadWorker) await checkAtRest(this.databaseUrl, { ...records, stripe, inbox: this.inbox });
    else await checkInvariants(this.databaseUrl, { ...records, stripe, isAtRest: false });
  }

  /** Checks what the tests left behind, and ends both processes, whatever the checks say. */
  async end(): Promise<void> {
    try {
      await this.checkInvariants();
    } finally {
      await this.close();
    }
  }

  /** @throws Error when this system has personal data in a wrong place */
  async close(): Promise<void> {
    await Promise.all([this.api.end(), this.worker.end()]);
    await this.proxy?.close();
    try {
      await checkSecrecy(this);
    } finally {
      await this.release();
    }
  }

  private async release(): Promise<void> {
    await this.sandbox.close();
    await this.inbox.close();
    await this.collector?.close();
    await this.client.connection.close();
    await this.store.close();
  }

  private async spawn(
    app: 'api' | 'worker',
    env: Readonly<Record<string, string | undefined>>,
    ready: RegExp | (() => Promise<boolean>),
    root = ROOT,
  ): Promise<Child> {
    return startChild({
      name: app,
      command: process.execPath,
      args: [`${root}dist/apps/${app}/main.js`],
      // Without a developer's .env.
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'], ...this.environment, ...env },
      onLine: (line) => this.log.push(line),
      ready,
      grace: GRACE,
    });
  }
}

type ProcessPorts = Readonly<Record<string, string>>;

/** What differs between the processes of one program; the only one has the ports of the system. */
async function portsOfEach(count: number) {
  const list = (names: readonly string[]) =>
    Promise.all(
      Array.from({ length: count }, async (): Promise<ProcessPorts> => {
        const ports = names.map(async (name) => [name, String(await freePort())] as const);
        return count === 1 ? {} : Object.fromEntries(await Promise.all(ports));
      }),
    );
  return { api: await list(['API_PORT', 'API_METRICS_PORT']), worker: await list(['METRICS_PORT']) };
}

/** As `npm run test:production` wants it. */
function processesInRun(): number {
  return Number(process.env['TEST_PROCESSES'] ?? 1);
}
