import type { Terminal } from '../terminal/terminal.js';
import { bringUp } from './bring-up.js';
import type { LocalSettings } from './local-settings.js';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres/postgres.js';
import { ProcessRegistry, type ProcessRegistryOptions } from './processes/process-registry.js';
import { Programs, type ProgramsOptions } from './programs.js';
import type { Step } from './step.js';
import { findAndStartTemporal } from './temporal/find-and-start-temporal.js';
import { findTemporalServer } from './temporal/server-build.js';
import { TemporalServer } from './temporal/temporal-server.js';
import type { TemporalOptions } from './temporal/temporal.js';

export interface StackOptions
  extends Omit<ProgramsOptions, 'onStart'>, Pick<ProcessRegistryOptions, 'onChange'> {
  settings: LocalSettings;
  terminal: Terminal;
  /** Aborted when the stack is to stop; the stack aborts it when a part fails. */
  stopping: AbortController;
}

/**
 * The whole system on this machine: starts its parts, knows their processes, and stops them. Each method that returns a
 * step is one part; `start` runs the steps that a program wants.
 */
export class Stack {
  readonly settings: LocalSettings;
  readonly processes: ProcessRegistry;
  readonly programs: Programs;

  constructor(private readonly options: StackOptions) {
    const { stopping, onChange } = options;
    this.settings = options.settings;
    this.processes = new ProcessRegistry({
      onUnexpectedExit: (failure) => stopping.abort(failure),
      onChange,
    });
    this.programs = new Programs({ ...options, onStart: this.processes.add });
  }

  /** Starts parts, each as soon as those it needs are there. @throws what the first failing step threw */
  async start(steps: readonly Step[]): Promise<void> {
    await bringUp(steps, this.options.terminal, this.options.stopping);
  }

  /** Aborts the run for a reason that a part itself does not notice. */
  fail(reason: unknown): void {
    this.options.stopping.abort(reason);
  }

  /** @param hurry aborted when what still runs is to be killed */
  async stop(hurry: AbortSignal): Promise<void> {
    await this.processes.stop(hurry);
  }

  postgres(options: Omit<PostgresOptions, 'port' | 'logFile' | 'onStart'> = {}): Step {
    const { POSTGRES_PORT: port } = this.settings.environment.local;
    return {
      part: 'postgres',
      doing: `Starting PostgreSQL on port ${port}`,
      run: async (progress) => {
        const { remark }: Postgres = await startPostgres({ ...options, port, ...this.ofPart('postgres') });
        progress.remark = remark;
      },
    };
  }

  migrations(): Step {
    return { part: 'migrations', doing: 'Applying migrations', run: () => this.programs.migrate() };
  }

  /** @param fill puts products and an API key into the database */
  seedData(fill: () => Promise<unknown>): Step {
    return { part: 'catalogue', doing: 'Filling the catalogue, making an API key', run: fill };
  }

  /** @param namespaces beside that of the settings */
  temporal(options: Pick<TemporalOptions, 'file' | 'uiPort'> = {}, namespaces: readonly string[] = []): Step {
    const { local, temporal } = this.settings.environment;
    const all = [temporal.TEMPORAL_NAMESPACE, ...namespaces];
    return {
      part: 'temporal',
      doing: `Starting Temporal on port ${local.TEMPORAL_PORT}, namespace ${all.join(' and ')}`,
      run: (progress) =>
        findAndStartTemporal(progress, this.settings.variables, {
          ...options,
          ...this.ofPart('temporal'),
          port: local.TEMPORAL_PORT,
          namespaces: all,
        }),
    };
  }

  /**
   * Temporal's real server on a PostgreSQL of its own, both as durable as in production, instead of the dev server.
   *
   * @param namespaces beside that of the settings
   */
  temporalServer(namespaces: readonly string[] = []): Step {
    const { local, temporal } = this.settings.environment;
    const { add: onStart } = this.processes;
    return {
      part: 'temporal',
      doing: `Starting Temporal’s server on port ${local.TEMPORAL_PORT}, with a PostgreSQL of its own`,
      run: async (progress) => {
        const programs = await findTemporalServer({
          env: this.settings.variables,
          report: (note) => (progress.note = note),
          onStart,
        });
        delete progress.note;
        await TemporalServer.start({
          programs,
          namespaces: [temporal.TEMPORAL_NAMESPACE, ...namespaces],
          port: local.TEMPORAL_PORT,
          logFile: this.options.logFile,
          onStart,
          isDurable: true,
        });
      },
    };
  }

  sandbox(): Step {
    const { environment, embedded } = this.settings;
    const roles = [...(embedded.gateway ? ['Stripe'] : []), ...(embedded.carrier ? ['carrier'] : [])];
    return {
      part: 'sandbox',
      doing: `Starting the sandbox (${roles.join(' and ')}) on port ${environment.sandbox.SANDBOX_PORT}`,
      run: () => this.programs.sandbox(),
    };
  }

  /** @param folder where the mails are kept; left out, they are forgotten at the end */
  mail(folder?: string): Step {
    const { SMTP_PORT, INBOX_PORT } = this.settings.environment.local;
    return {
      part: 'mail',
      doing: `Starting the mail catcher on port ${SMTP_PORT}, its inbox on ${INBOX_PORT}`,
      run: () => this.programs.mail(folder),
    };
  }

  api(): Step {
    const { API_PORT } = this.settings.environment.api;
    return { part: 'api', doing: `Starting the API on port ${API_PORT}`, run: () => this.programs.api() };
  }

  worker(): Step {
    return { part: 'worker', doing: 'Starting the worker', run: () => this.programs.worker() };
  }

  private ofPart(name: string) {
    return { logFile: this.options.logFile(name), onStart: this.processes.add };
  }
}
