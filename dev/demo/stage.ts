import { isDeepStrictEqual } from 'node:util';

import type { Client } from '@temporalio/client';

import { type OrderProgress, orderWorkflowId, progress } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';
import { lazyClient } from '#libs/temporal/connection';

import { bringUp } from '../stack/bring-up.js';
import type { Child } from '../stack/processes/child.js';
import type { LocalSettings } from '../stack/local-settings.js';
import type { Terminal } from '../command/terminal.js';
import { ApiCaller } from './api-caller.js';
import { Books } from './books.js';
import { CarrierRecords } from './carrier-records.js';
import { Faults } from './faults.js';
import { GatewayRecords } from './gateway-records.js';
import { GatewayVisitors } from './gateway-visitors.js';
import { Mailbox } from './mailbox.js';
import { Operator } from './operator.js';
import type { Processes } from './processes.js';
import { Programs, type Reconciled, type Rules, type WorkerProcess } from './programs.js';
import { type RunHistory, runHistory } from './run-history.js';
import { Shop } from './shop.js';
import { stageSteps } from './stage-steps.js';
import { Traces } from './traces.js';

export interface StageOptions {
  settings: LocalSettings;
  /** Where the logs go. */
  folder: string;
  processes: Processes;
  terminal: Terminal;
  /** Aborted when the demo is to end. */
  stopping: AbortController;
}

/** The whole system, on free ports and with nothing in it, and everything an act does with it or asks it. */
export class Stage {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly shop: Shop;
  readonly operator: Operator;
  readonly faults: Faults;
  readonly gateway: GatewayRecords;
  readonly visitors: GatewayVisitors;
  readonly carrier: CarrierRecords;
  readonly mailbox: Mailbox;
  readonly books: Books;
  readonly traces: Traces;
  private readonly temporal: Client;
  private api: { readonly child: Child; readonly rules: Rules } | undefined;
  private worker: WorkerProcess | undefined;

  private constructor(
    private readonly programs: Programs,
    private readonly processes: Processes,
    { environment }: LocalSettings,
    { apiKey, folder }: { apiKey: string; folder: string },
  ) {
    const { api, local, sandbox, store, temporal } = environment;
    const here = (port: number) => `http://127.0.0.1:${port}`;
    this.apiUrl = here(api.API_PORT);
    this.apiKey = apiKey;
    const caller = new ApiCaller(this.apiUrl, apiKey);
    this.shop = new Shop(caller);
    this.operator = new Operator(caller);
    this.faults = new Faults(here(sandbox.SANDBOX_PORT));
    this.gateway = new GatewayRecords(here(sandbox.SANDBOX_PORT));
    this.visitors = new GatewayVisitors(here(sandbox.SANDBOX_PORT));
    this.carrier = new CarrierRecords(here(sandbox.SANDBOX_PORT));
    this.mailbox = new Mailbox(here(local.INBOX_PORT));
    this.books = new Books(store.DATABASE_URL);
    this.temporal = lazyClient(temporal);
    this.traces = new Traces(this.books, this.temporal, folder);
  }

  /** Brings up all but the API and the worker, which `prepare` starts. */
  static async open({ settings, folder, processes, terminal, stopping }: StageOptions): Promise<Stage> {
    const programs = new Programs(settings, folder, processes);
    let apiKey = '';
    const onApiKey = (key: string) => (apiKey = key);
    await bringUp(stageSteps({ settings, programs, processes, onApiKey }), terminal, stopping);
    return new Stage(programs, processes, settings, { apiKey, folder });
  }

  /**
   * Sets the stage for an act, whatever the one before left: a fair sky, an API with these rules, and a worker.
   *
   * @param says told what is done
   */
  async prepare(rules: Rules, says: (text: string) => void): Promise<void> {
    await this.faults.clear();
    if (!this.api || !isDeepStrictEqual(this.api.rules, rules)) {
      await this.api?.child.stop();
      this.api = { child: await this.programs.api(rules), rules };
      const set = Object.entries(rules).map(([name, value]) => ` with ${name}=${value}`);
      says(`the API is started${set.join(' and')}`);
    }
    if (!this.worker) {
      await this.startWorker();
      says('the worker is started');
    }
  }

  /** Kills the worker with SIGKILL. @returns its pid */
  async killWorker(): Promise<number> {
    if (!this.worker) throw new Error('There is no worker to kill');
    const { child } = this.worker;
    this.worker = undefined;
    await this.processes.kill(child);
    return child.pid;
  }

  async startWorker(): Promise<WorkerProcess> {
    this.worker = await this.programs.worker();
    return this.worker;
  }

  /** Holds the books against the gateway's. @param since how far back, such as 1h */
  async reconcile(since: string): Promise<Reconciled> {
    return this.programs.reconcile(since);
  }

  /** How far Temporal says that an order's run has come. */
  async progressOf(orderId: OrderId): Promise<OrderProgress> {
    return this.temporal.workflow.getHandle(orderWorkflowId(orderId)).query(progress);
  }

  /** What is written of an order's run. */
  async historyOf(orderId: OrderId): Promise<RunHistory> {
    return runHistory(this.temporal, orderId);
  }

  /** Lets go of what it holds itself; the processes are stopped by who keeps them. */
  async close(): Promise<void> {
    await this.temporal.connection.close();
    await this.books.close();
  }
}
