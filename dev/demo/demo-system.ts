import { isDeepStrictEqual } from 'node:util';

import type { Client } from '@temporalio/client';

import { type OrderProgress, orderWorkflowId, progress } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';
import { lazyClient } from '#libs/temporal/connection';

import { ApiCaller } from '../clients/api-caller.js';
import { CarrierRecords } from '../clients/carrier-records.js';
import { GatewayActions } from '../clients/gateway-actions.js';
import { GatewayRecords } from '../clients/gateway-records.js';
import { Mailbox } from '../clients/mailbox.js';
import { Operator } from '../clients/operator.js';
import { type Reconciled, reconcile } from '../clients/reconcile.js';
import { SandboxFaults } from '../clients/sandbox-faults.js';
import { Shop } from '../clients/shop.js';
import { CATALOGUE } from '../stack/catalogue.js';
import type { IsolatedRun } from '../stack/isolated-stack.js';
import { apiUrl } from '../stack/local-settings.js';
import type { Child } from '../stack/processes/child.js';
import { seedDatabase } from '../stack/seed-database.js';
import type { Stack } from '../stack/stack.js';
import { DatabaseRecords } from './database-records.js';
import { type RunHistory, runHistory } from './run-history.js';
import { TextSearch } from './text-search.js';

/** Variables that an act wants the API to run with. */
export type Rules = Readonly<Record<string, string>>;

/** A worker process, and every line it wrote. */
export interface WorkerProcess {
  readonly child: Child;
  readonly log: readonly string[];
}

/** The system of the demo, and every operation of an act on it. */
export class DemoSystem {
  readonly shop: Shop;
  readonly operator: Operator;
  readonly faults: SandboxFaults;
  readonly gateway: GatewayRecords;
  readonly gatewayActions: GatewayActions;
  readonly carrier: CarrierRecords;
  readonly mailbox: Mailbox;
  readonly database: DatabaseRecords;
  readonly textSearch: TextSearch;
  private readonly temporal: Client;
  private api: { readonly child: Child; readonly rules: Rules } | undefined;
  private worker: WorkerProcess | undefined;

  private constructor(
    private readonly stack: Stack,
    apiKey: string,
    folder: string,
  ) {
    const { api, local, sandbox, store, temporal } = stack.settings.environment;
    const providers = `http://127.0.0.1:${sandbox.SANDBOX_PORT}`;
    const caller = new ApiCaller(apiUrl(api), apiKey);
    this.shop = new Shop(caller);
    this.operator = new Operator(caller);
    this.faults = new SandboxFaults(providers);
    this.gateway = new GatewayRecords(providers);
    this.gatewayActions = new GatewayActions(providers);
    this.carrier = new CarrierRecords(providers);
    this.mailbox = new Mailbox(`http://127.0.0.1:${local.INBOX_PORT}`);
    this.database = new DatabaseRecords(store.DATABASE_URL);
    this.temporal = lazyClient(temporal);
    this.textSearch = new TextSearch(this.database, this.temporal, folder);
  }

  /** Starts all parts but the API and the worker, which `prepare` starts. */
  static async start({ stack, folder }: Pick<IsolatedRun, 'stack' | 'folder'>): Promise<DemoSystem> {
    let apiKey = '';
    const seed = async () => {
      apiKey = await seedDatabase(stack.settings.environment.store.DATABASE_URL, CATALOGUE, 'demo');
    };
    await stack.start([
      stack.postgres(),
      stack.migrations(),
      stack.seedData(seed),
      stack.temporal(),
      stack.sandbox(),
      stack.mail(),
    ]);
    return new DemoSystem(stack, apiKey, folder);
  }

  /**
   * Prepares the system for an act, whatever the act before left: no faults, an API with these rules, and a worker.
   *
   * @param report called with what is done
   */
  async prepare(rules: Rules, report: (text: string) => void): Promise<void> {
    await this.faults.clear();
    if (!this.api || !isDeepStrictEqual(this.api.rules, rules)) {
      await this.api?.child.stop();
      this.api = { child: await this.stack.programs.api(rules), rules };
      const set = Object.entries(rules).map(([name, value]) => ` with ${name}=${value}`);
      report(`the API is started${set.join(' and')}`);
    }
    if (!this.worker) {
      await this.startWorker();
      report('the worker is started');
    }
  }

  /** Kills the worker with SIGKILL. @returns its process id */
  async killWorker(): Promise<number> {
    if (!this.worker) throw new Error('There is no worker to kill');
    const { child } = this.worker;
    this.worker = undefined;
    await this.stack.processes.kill(child);
    return child.pid;
  }

  async startWorker(): Promise<WorkerProcess> {
    const log: string[] = [];
    this.worker = { child: await this.stack.programs.worker((line) => log.push(line)), log };
    return this.worker;
  }

  /** Compares the books with the gateway's. @param since how far back, such as 1h */
  async reconcile(since: string): Promise<Reconciled> {
    return reconcile(this.stack.programs, since);
  }

  /** The progress of an order's run, from Temporal. */
  async progressOf(orderId: OrderId): Promise<OrderProgress> {
    return this.temporal.workflow.getHandle(orderWorkflowId(orderId)).query(progress);
  }

  async historyOf(orderId: OrderId): Promise<RunHistory> {
    return runHistory(this.temporal, orderId);
  }

  /** Closes its connections; the processes are stopped with the stack. */
  async close(): Promise<void> {
    await this.temporal.connection.close();
    await this.database.close();
  }
}
