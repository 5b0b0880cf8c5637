import { join } from 'node:path';

import type { Client } from '@temporalio/client';

import { lazyClient } from '#libs/temporal/connection';

import { programPath } from '../build/project.js';
import type { IsolatedRun } from '../stack/isolated-stack.js';
import { apiUrl } from '../stack/local-settings.js';
import { startChild } from '../stack/processes/child.js';
import { freePort } from '../stack/processes/ports.js';
import { program } from '../stack/programs.js';
import { seedDatabase } from '../stack/seed-database.js';
import type { Stack } from '../stack/stack.js';
import type { Step } from '../stack/step.js';
import type { Engine } from './bench-command.js';
import { ARRIVED, BARE_NAMESPACE, HANDED_OVER } from './bare-order.js';
import { MailSink } from './mail-sink.js';
import { PARTS, type PartName } from './measured-parts.js';
import { PRODUCTS } from './seed-data.js';
import { Statements, STATISTICS } from './statements.js';

/** How much of the system is started: without the worker, orders stay as they are. */
export type Extent = 'whole' | 'api' | 'database';

interface BenchSystemOptions extends Pick<IsolatedRun, 'stack' | 'folder'> {
  readonly engine: Engine;
  readonly extent: Extent;
}

/** The system that is measured, with a worker for the bare workflows, and the ways to reach it. */
export class BenchSystem {
  readonly mails = new MailSink();
  readonly orders: Client;
  readonly bare: Client;
  readonly statements: Statements;
  readonly apiUrl: string;
  readonly databaseUrl: string;
  apiKey = '';
  private readonly stack: Stack;
  private readonly folder: string;
  private readonly engine: Engine;
  private readonly extent: Extent;

  private constructor({ stack, folder, engine, extent }: BenchSystemOptions) {
    this.stack = stack;
    this.folder = folder;
    this.engine = engine;
    this.extent = extent;
    const { api, local, store, temporal } = stack.settings.environment;
    this.apiUrl = apiUrl(api);
    this.databaseUrl = store.DATABASE_URL;
    this.orders = lazyClient(temporal);
    this.bare = lazyClient({ ...temporal, TEMPORAL_NAMESPACE: BARE_NAMESPACE });
    this.statements = new Statements(local.POSTGRES_PORT);
  }

  static async start(options: BenchSystemOptions): Promise<BenchSystem> {
    const system = new BenchSystem(options);
    try {
      await options.stack.start(system.steps());
    } catch (error) {
      await system.close();
      throw error;
    }
    return system;
  }

  /** The process ids of a measured part: one, but for workers. */
  pids(part: PartName): number[] {
    return PARTS[part].processes.flatMap((name) => this.stack.processes.named(name).map(({ pid }) => pid));
  }

  /** Starts or stops workers until there are so many. */
  async setWorkers(count: number): Promise<void> {
    const { processes, programs } = this.stack;
    const [name] = PARTS.worker.processes;
    const running = processes.named(name);
    for (const worker of running.slice(count)) await worker.stop();
    for (let started = running.length; started < count; started++)
      await programs.worker(undefined, { METRICS_PORT: String(await freePort()) });
  }

  /** Closes its connections; the processes are stopped with the stack. */
  async close(): Promise<void> {
    await this.orders.connection.close();
    await this.bare.connection.close();
    await this.statements.close();
    await this.mails.close();
  }

  private steps(): Step[] {
    const steps: Readonly<Record<Extent, () => Step[]>> = {
      whole: () => [...this.database(), this.temporal(), ...this.surroundings(), ...this.programs()],
      api: () => [...this.database(), this.temporal(), this.stack.api()],
      database: () => this.database(),
    };
    return steps[this.extent]();
  }

  /** With statistics of statements. */
  private database(): Step[] {
    return [
      this.stack.postgres({ settings: STATISTICS, isDurable: true }),
      this.stack.migrations(),
      this.stack.seedData(async () => {
        await this.statements.enable();
        this.apiKey = await seedDatabase(this.databaseUrl, PRODUCTS, 'bench');
      }),
    ];
  }

  private temporal(): Step {
    const { stack, folder, engine } = this;
    return engine === 'postgres'
      ? stack.temporalServer([BARE_NAMESPACE])
      : stack.temporal({ file: join(folder, 'temporal', 'temporal.db') }, [BARE_NAMESPACE]);
  }

  /** Mail is counted and not stored. */
  private surroundings(): Step[] {
    const { SMTP_PORT } = this.stack.settings.environment.local;
    return [
      this.stack.sandbox(),
      {
        part: 'mail',
        doing: `Starting a mail server that keeps nothing on port ${SMTP_PORT}`,
        run: () => this.mails.listen(SMTP_PORT),
      },
    ];
  }

  private programs(): Step[] {
    return [
      this.stack.api(),
      this.stack.worker(),
      { part: 'worker', doing: 'Starting the bare workflow’s worker', run: () => this.startBareWorker() },
    ];
  }

  private async startBareWorker(): Promise<void> {
    const { programs, settings } = this.stack;
    const bundle = join(this.folder, 'bare-order.bundle.js');
    await programs.run('bare-bundle', 'dev/bench/bare-bundle.js', { args: [bundle] });
    await startChild({
      ...program(programPath('dev/bench/bare-worker.js'), {
        ...programs.common(PARTS.bareWorker.processes[0]),
        args: [settings.environment.temporal.TEMPORAL_ADDRESS, bundle],
        onLine: (line) => {
          if (line.startsWith(HANDED_OVER)) this.signalArrival(line.slice(HANDED_OVER.length));
        },
      }),
      ready: /^bare worker ready/,
    });
  }

  /** Signals that the bare workflow's parcel has arrived, as the API does for an order: from another process. */
  private signalArrival(workflowId: string): void {
    this.bare.workflow
      .getHandle(workflowId)
      .signal(ARRIVED)
      .catch((error: unknown) => this.stack.fail(error));
  }
}
