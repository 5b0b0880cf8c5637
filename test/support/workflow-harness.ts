import { randomBytes, randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import type Stripe from 'stripe';

import type { Ports } from '../../apps/worker/activities/activities.js';
import { LostRuns, type LostRunsOptions } from '../../apps/worker/sweeper/lost-runs.js';
import { concurrencyOf, createOrderWorkers } from '../../apps/worker/order-workers.js';
import { StuckRuns, type StuckRunsOptions } from '../../apps/worker/sweeper/stuck-runs.js';
import { Sweeper } from '../../apps/worker/sweeper/sweeper.js';
import { WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { shipments } from '../../dev/sandbox/test-sandbox.js';
import { groupsNamed } from '#libs/config/environment';
import { readSettings } from '#libs/config/settings';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Resolution, StepName } from '#libs/domain/order/steps';
import type { Database } from '#libs/persistence/database/database';
import type { AttentionRecord, OrderRecord } from '#libs/persistence/orders/order-record';
import type { Store } from '#libs/persistence/store';
import type { OrderRuns } from '#libs/temporal/order-runs';

import { eventually } from './eventually.js';
import type { Inbox } from './inbox.js';
import { checkAtRest, type Records } from './invariants.js';
import { acceptOrder, type Wanted } from './orders.js';
import { checkSecrecy } from './secrecy.js';
import { checkReplay } from './replay-check.js';
import { makeLookDue } from './run-look.js';
import { workflowBundle } from './workflow-bundle.js';
import { openParts, type HarnessParts } from './harness-parts.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** What a replacement of one of the worker's ports can be made of. */
export type Parts = Pick<HarnessParts, 'database' | 'client' | 'gatewayOptions'>;

export interface WorkflowHarnessOptions {
  /** Replaces a port of the worker. The ports of the test itself stay real. */
  readonly ports?: (real: Ports, parts: Parts) => Ports | Promise<Ports>;
  /** What the sweeper does about lost runs, where it is not the default. */
  readonly lost?: Partial<LostRunsOptions>;
  /** When a run counts as stuck, where it is not the default. */
  readonly stuck?: StuckRunsOptions;
  /** The tests leave books that differ from the gateway's records. */
  readonly booksDiffer?: boolean;
}

/** What a worker has without settings of its own. */
export const DEFAULT_CONCURRENCY = concurrencyOf(readSettings(groupsNamed(['worker']), {}).worker);

/** A worker in this process on real parts, and the operations of a test on them. */
export class WorkflowHarness {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly stripe: Stripe;
  readonly inbox: Inbox;
  readonly client: Client;
  readonly runs: OrderRuns;
  /** The dependencies of activities, for a test that runs one by itself. */
  readonly ports: Ports;
  readonly sweeper: Sweeper;
  private readonly records: Records;
  private codePath = '';
  private workers: readonly Worker[] = [];
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly parts: HarnessParts,
    private readonly workerPorts: Ports,
    { lost = {}, stuck = {}, booksDiffer = false }: WorkflowHarnessOptions,
  ) {
    this.records = booksDiffer ? { inbox: parts.inbox } : { inbox: parts.inbox, stripe: parts.stripe };
    this.databaseUrl = parts.databaseUrl;
    this.database = parts.database;
    this.store = parts.store;
    this.sandbox = parts.sandbox;
    this.stripe = parts.stripe;
    this.inbox = parts.inbox;
    this.client = parts.client;
    this.runs = parts.runs;
    this.ports = parts.ports;
    const { store, runs } = parts;
    const { logger } = parts.ports;
    const lostRuns = new LostRuns(
      store,
      runs,
      logger,
      {
        answer: 'attention',
        limit: 20,
        interval: 60_000,
        ...lost,
      },
      new StuckRuns(store, runs.visibility, stuck),
    );
    const keepsRows = { remove: () => Promise.resolve() };
    // What failed is due at once.
    this.sweeper = new Sweeper(store, runs, lostRuns, keepsRows, logger, 0);
  }

  static async open(options: WorkflowHarnessOptions = {}): Promise<WorkflowHarness> {
    const parts = await openParts();
    const ports = (await options.ports?.(parts.ports, parts)) ?? parts.ports;
    const harness = new WorkflowHarness(parts, ports, options);
    await harness.deploy(WORKFLOWS_PATH);
    return harness;
  }

  /** Puts a worker that runs the workflow code at `workflowsPath` in the place of the one that runs. */
  async deploy(workflowsPath: string): Promise<void> {
    await this.stopWorkers();
    this.codePath = await workflowBundle(workflowsPath);
    this.workers = await createOrderWorkers({
      ...this.workerPorts,
      connection: this.parts.connection,
      namespace: this.parts.namespace,
      workflows: { workflowBundle: { codePath: this.codePath } },
      shutdownGrace: 1_000,
      concurrency: DEFAULT_CONCURRENCY,
    });
    this.running = Promise.all(this.workers.map((worker) => worker.run()));
  }

  /** Accepts an order and starts its run. */
  async place(wanted: Wanted = {}): Promise<OrderId> {
    const { id, policy } = await acceptOrder(this.store, wanted);
    await this.runs.start(id, policy);
    return id;
  }

  /** Places an order whose intent the gateway does not have, which no retry corrects. */
  async placeWithIntent(intentId: string, rules: Wanted['policy'] = {}): Promise<OrderId> {
    const { id, policy } = await acceptOrder(this.store, { policy: rules });
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

  /** The carrier's parcel for an order, once there is one. */
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
    if (report !== null && report !== 'unmatched') await this.runs.reportShipment(report);
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

  /** The gateway's intents of an order. */
  async intents(id: OrderId): Promise<Stripe.PaymentIntent[]> {
    const found: Stripe.PaymentIntent[] = [];
    for await (const intent of this.stripe.paymentIntents.list({ limit: 100 }))
      if (intent.metadata['orderId'] === id) found.push(intent);
    return found;
  }

  /** The gateway's refunds of an order. */
  async refunds(id: OrderId): Promise<Stripe.Refund[]> {
    const found: Stripe.Refund[] = [];
    for (const { id: intent } of await this.intents(id))
      for await (const refund of this.stripe.refunds.list({ payment_intent: intent })) found.push(refund);
    return found;
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

  /** Refunds a part of an order's money, as an operator would. @returns the refund's id */
  async refund(orderId: OrderId, amount: number): Promise<string> {
    const order = await this.store.orders.get(orderId);
    const id = randomUUID();
    const request = {
      principal: 'shop',
      operation: `POST /orders/${orderId}/refunds`,
      key: id,
      requestHash: '',
    };
    const asked = { amount, reason: 'goodwill', restock: false, lines: [] } as const;
    await this.store.refunds.request(order, request, { id, requestedBy: 'service:operator' }, () => asked);
    await this.runs.startRefund(id, orderId, order.policy);
    return id;
  }

  /** Has the sweeper look for lost runs now, whatever the time of its last look. */
  async lookForLostRuns(): Promise<void> {
    await makeLookDue(this.database);
    await this.sweeper.sweep();
  }

  async eventTypes(id: OrderId): Promise<string[]> {
    return (await this.store.orders.events(id)).map((event) => event.type);
  }

  async checkInvariants(): Promise<void> {
    await checkAtRest(this.databaseUrl, this.records);
  }

  /**
   * @throws Error when this harness has personal data in a wrong place, or a run cannot be replayed by the
   *   code that was deployed last
   */
  async close(): Promise<void> {
    await this.stopWorkers();
    try {
      await checkSecrecy(this.parts);
      await checkReplay(this.client, this.codePath);
    } finally {
      await this.parts.close();
    }
  }

  private async stopWorkers(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await this.running;
  }
}
