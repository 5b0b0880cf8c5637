import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Child, type ChildOptions, runChild, startChild } from './processes/child.js';
import { startFoundTemporal } from './temporal/found-temporal.js';
import { onKeptData } from './kept-data.js';
import { type LocalSettings } from './local-settings.js';
import { type PartName } from './parts.js';
import { startPostgres } from './postgres/postgres.js';
import { DATA_DIR, programPath, PROJECT_ROOT } from '../build/project.js';
import { type Progress, type Terminal } from '../command/terminal.js';
import { warningIn } from './warnings.js';

export interface Step {
  part: PartName;
  /** What its line says it is doing. */
  doing: string;
  /** @returns what a person should know about it */
  run(progress: Progress): Promise<string | undefined>;
}

export interface Surroundings {
  settings: LocalSettings;
  terminal: Terminal;
  /** Told of each child as soon as it is there. */
  onStart(part: PartName, child: Child): void;
}

/** How each part is brought up. What is replaced by a real one has no step, but for the migrations. */
export function steps({ settings, terminal, onStart }: Surroundings, without: ReadonlySet<PartName>): Step[] {
  const { environment, variables, embedded } = settings;
  const { api, local, sandbox, temporal, worker, logs } = environment;

  const child = (part: PartName) => ({
    cwd: PROJECT_ROOT,
    env: variables,
    logFile: join(DATA_DIR, 'logs', `${part}.log`),
    onStart: (started: Child) => onStart(part, started),
  });
  const program = (part: PartName, path: string): ChildOptions => ({
    ...child(part),
    name: part,
    command: process.execPath,
    args: [path],
  });
  const app = (part: PartName, folder = `apps/${part}`): ChildOptions => ({
    ...program(part, programPath(`${folder}/main.js`)),
    onLine(line) {
      const warning = warningIn(part, line);
      if (warning !== undefined) terminal.say(warning);
    },
  });

  const inData = (...names: string[]) => names.map((name) => join(DATA_DIR, name));
  const database = embedded.postgres ? inData('postgres', 'postgres-location') : [];
  const history = join(DATA_DIR, 'temporal', 'temporal.db');

  const all: (Step & { unless?: boolean; keptIn?: readonly string[] })[] = [
    {
      part: 'postgres',
      keptIn: database,
      doing: `Starting PostgreSQL on port ${local.POSTGRES_PORT}`,
      unless: !embedded.postgres,
      async run() {
        const started = await startPostgres({
          folder: DATA_DIR,
          port: local.POSTGRES_PORT,
          ...child('postgres'),
        });
        return started.remark;
      },
    },
    {
      part: 'migrations',
      keptIn: database,
      doing: 'Applying migrations',
      run: () => done(runChild(program('migrations', programPath('prisma/migrate.js')))),
    },
    {
      part: 'catalogue',
      keptIn: database,
      doing: 'Filling the catalogue',
      unless: !embedded.postgres,
      run: () => done(runChild(program('catalogue', programPath('dev/stack/seed.js')))),
    },
    {
      part: 'temporal',
      keptIn: [history],
      doing: `Starting Temporal on port ${local.TEMPORAL_PORT}, namespace ${temporal.TEMPORAL_NAMESPACE}`,
      unless: !embedded.temporal,
      async run(progress) {
        const { onStart: started } = child('temporal');
        await startFoundTemporal(progress, variables, {
          port: local.TEMPORAL_PORT,
          uiPort: local.TEMPORAL_UI_PORT,
          namespaces: [temporal.TEMPORAL_NAMESPACE],
          file: history,
          logFile: child('temporal').logFile,
          onStart: started,
        });
        return undefined;
      },
    },
    {
      part: 'sandbox',
      keptIn: inData('sandbox.json'),
      doing: `Starting the sandbox (${sandboxRoles(embedded)}) on port ${sandbox.SANDBOX_PORT}`,
      unless: !embedded.gateway && !embedded.carrier,
      run: () =>
        done(
          startChild({
            ...app('sandbox', 'dev/sandbox'),
            ready: () => answers(`http://127.0.0.1:${sandbox.SANDBOX_PORT}/health`),
          }),
        ),
    },
    {
      part: 'mail',
      doing: `Starting the mail catcher on port ${local.SMTP_PORT}, its inbox on ${local.INBOX_PORT}`,
      unless: !embedded.mail,
      run: () =>
        done(
          startChild({
            ...program('mail', maildev()),
            args: [
              maildev(),
              ...['--ip', '127.0.0.1', '--smtp', String(local.SMTP_PORT)],
              ...['--web-ip', '127.0.0.1', '--web', String(local.INBOX_PORT)],
              ...['--mail-directory', join(DATA_DIR, 'mail')],
            ],
            ready: () => answers(`http://127.0.0.1:${local.INBOX_PORT}/api/healthz`),
          }),
        ),
    },
    {
      part: 'api',
      doing: `Starting the API on port ${api.API_PORT}`,
      run: () =>
        done(
          startChild({
            ...app('api'),
            ready: () => answers(`http://${apiHost(api.API_HOST)}:${api.API_PORT}/health/ready`),
            // Then 25 s for requests in flight, and 5 s to close.
            grace: api.DRAIN_DELAY + 32_000,
          }),
        ),
    },
    {
      part: 'worker',
      doing: 'Starting the worker',
      run: () =>
        done(
          startChild({
            ...app('worker'),
            // Its log says when it is; a log that leaves that out cannot be waited for.
            ...(TELLING_LEVELS.has(logs.LOG_LEVEL) && { ready: /"msg":"worker ready"/ }),
            // Then 5 s to hand back what still runs, and 3 s to close.
            grace: worker.SHUTDOWN_GRACE + 10_000,
          }),
        ),
    },
  ];
  return all
    .filter(({ part, unless }) => !unless && !without.has(part))
    .map(({ keptIn = [], ...step }) => onKeptData(step, keptIn));
}

const TELLING_LEVELS: ReadonlySet<string> = new Set(['info', 'debug', 'trace']);

/** Where an API that listens on every address is reached from here. */
export function apiHost(host: string): string {
  return ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
}

function sandboxRoles({ gateway, carrier }: LocalSettings['embedded']): string {
  return [...(gateway ? ['Stripe'] : []), ...(carrier ? ['carrier'] : [])].join(' and ');
}

/** Its executable, as npx would be another process between. */
function maildev(): string {
  return join(dirname(fileURLToPath(import.meta.resolve('maildev'))), 'bin', 'maildev.js');
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}

async function done(work: Promise<unknown>): Promise<undefined> {
  await work;
  return undefined;
}
