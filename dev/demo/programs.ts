import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Child, type ChildOptions, runChild, startChild } from '../stack/processes/child.js';
import { type LocalSettings } from '../stack/local-settings.js';
import { programPath } from '../build/project.js';
import type { Processes } from './processes.js';

/** Variables an act wants the API to run with, beside those of every act. */
export type Rules = Readonly<Record<string, string>>;

/** A worker process, and every line it wrote. */
export interface WorkerProcess {
  readonly child: Child;
  readonly log: readonly string[];
}

/** What a comparison of the books came to, and every line it wrote. */
export interface Reconciled {
  readonly agree: boolean;
  readonly said: readonly string[];
}

/** How each program of the stage is started: with the stage's variables, away from a developer's `.env`. */
export class Programs {
  private started = 0;

  constructor(
    private readonly settings: LocalSettings,
    private readonly folder: string,
    private readonly processes: Processes,
  ) {}

  async migrations(): Promise<void> {
    await runChild(this.program('migrations', programPath('prisma/migrate.js')));
  }

  async sandbox(): Promise<Child> {
    const { SANDBOX_PORT } = this.settings.environment.sandbox;
    return startChild({
      ...this.program('sandbox', programPath('dev/sandbox/main.js')),
      ready: () => answers(`http://127.0.0.1:${SANDBOX_PORT}/health`),
    });
  }

  async mail(): Promise<Child> {
    const { SMTP_PORT, INBOX_PORT } = this.settings.environment.local;
    const maildev = join(dirname(fileURLToPath(import.meta.resolve('maildev'))), 'bin', 'maildev.js');
    return startChild({
      ...this.program('mail', maildev),
      args: [
        maildev,
        ...['--ip', '127.0.0.1', '--smtp', String(SMTP_PORT)],
        ...['--web-ip', '127.0.0.1', '--web', String(INBOX_PORT)],
      ],
      ready: () => answers(`http://127.0.0.1:${INBOX_PORT}/api/healthz`),
    });
  }

  async api(rules: Rules): Promise<Child> {
    const { API_PORT } = this.settings.environment.api;
    const { env, ...program } = this.program('api', programPath('apps/api/main.js'));
    return startChild({
      ...program,
      env: { ...env, ...rules },
      ready: () => answers(`http://127.0.0.1:${API_PORT}/health/ready`),
    });
  }

  async worker(): Promise<WorkerProcess> {
    const log: string[] = [];
    const child = await startChild({
      ...this.program('worker', programPath('apps/worker/main.js')),
      onLine: (line) => log.push(line),
      ready: /"msg":"worker ready"/,
    });
    return { child, log };
  }

  /** Holds the books against the gateway's, as `npm run reconcile` does. @returns whether they agree, and what it says */
  async reconcile(since: string): Promise<Reconciled> {
    const said: string[] = [];
    const { args, ...program } = this.program('reconcile', programPath('apps/worker/reconcile.js'));
    const code = await runChild({
      ...program,
      // Without the time that what is on its way usually has.
      args: [...args, '--since', since, '--min-age', '0s'],
      onLine: (line) => said.push(line),
      codes: [0, 2],
    });
    return { agree: code === 0, said };
  }

  /** What a log of this name is kept in; a number tells the second API from the first. */
  logFile(name: string): string {
    this.started += 1;
    return join(this.folder, `${this.started}-${name}.log`);
  }

  private program(name: string, path: string): ChildOptions {
    return {
      name,
      command: process.execPath,
      args: [path],
      cwd: this.folder,
      env: this.settings.variables,
      logFile: this.logFile(name),
      onStart: this.processes.add,
    };
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}
