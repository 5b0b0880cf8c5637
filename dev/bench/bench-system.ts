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
import { ARRIVED, BARE_NAMESPACE, HANDED_OVER } from './bare-order.js';
import { MailSink } from './mail-sink.js';
import { PARTS, type PartName } from './measured-parts.js';
import { PRODUCTS } from './seed-data.js';
import { Statements, STATISTICS } from './statements.js';

/** The system that is measured, with a worker for the bare workflows, and the ways to reach it. */
export class BenchSystem {
  readonly mails = new MailSink();
  readonly orders: Client;
  readonly bare: Client;
  readonly statements: Statements;
  readonly apiUrl: string;
  readonly databaseUrl: string;
  apiKey = '';

  private constructor(
    private readonly stack: Stack,
    private readonly folder: string,
  ) {
    const { api, local, store, temporal } = stack.settings.environment;
    this.apiUrl = apiUrl(api);
    this.databaseUrl = store.DATABASE_URL;
    this.orders = lazyClient(temporal);
    this.bare = lazyClient({ ...temporal, TEMPORAL_NAMESPACE: BARE_NAMESPACE });
    this.statements = new Statements(local.POSTGRES_PORT);
  }

  static async start({ stack, folder }: Pick<IsolatedRun, 'stack' | 'folder'>): Promise<BenchSystem> {
    const system = new BenchSystem(stack, folder);
    try {
      await stack.start(system.steps());
    } catch (error) {
      await system.close();
      throw error;
    }
    return system;
  }

  /** The process ids of a measured part: one, but for workers. */
  pids(part: PartName): number[] {
    return this.stack.processes.named(PARTS[part].process).map(({ pid }) => pid);
  }

  /** Starts or stops workers until there are so many. */
  async setWorkers(count: number): Promise<void> {
    const { processes, programs } = this.stack;
    const running = processes.named(PARTS.worker.process);
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

  /** The parts of `npm start`, with statistics of statements, and mail that is counted and not stored. */
  private steps(): Step[] {
    const { stack } = this;
    const { SMTP_PORT } = stack.settings.environment.local;
    return [
      stack.postgres({ settings: STATISTICS, isDurable: true }),
      stack.migrations(),
      stack.seedData(async () => {
        await this.statements.enable();
        this.apiKey = await seedDatabase(this.databaseUrl, PRODUCTS, 'bench');
      }),
      stack.temporal({ file: join(this.folder, 'temporal', 'temporal.db') }, [BARE_NAMESPACE]),
      stack.sandbox(),
      {
        part: 'mail',
        doing: `Starting a mail server that keeps nothing on port ${SMTP_PORT}`,
        run: () => this.mails.listen(SMTP_PORT),
      },
      stack.api(),
      stack.worker(),
      { part: 'worker', doing: 'Starting the bare workflow’s worker', run: () => this.startBareWorker() },
    ];
  }

  private async startBareWorker(): Promise<void> {
    const { programs, settings } = this.stack;
    const bundle = join(this.folder, 'bare-order.bundle.js');
    await programs.run('bare-bundle', 'dev/bench/bare-bundle.js', { args: [bundle] });
    await startChild({
      ...program(programPath('dev/bench/bare-worker.js'), {
        ...programs.common(PARTS.bareWorker.process),
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
