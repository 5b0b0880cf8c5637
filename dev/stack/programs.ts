import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { programPath } from '../build/project.js';
import { apiUrl, type LocalSettings } from './local-settings.js';
import {
  answers,
  type Child,
  type ChildOptions,
  runChild,
  type RunOptions,
  startChild,
} from './processes/child.js';

/** How each of the project's own programs is run. */
export type ProgramOptions = Pick<
  ChildOptions,
  'cwd' | 'env' | 'grace' | 'logFile' | 'onLine' | 'onStart' | 'name'
> & { readonly args?: readonly string[] };

/** What Node is started with for a compiled program, such as `apps/api/main.js`. */
export function program(path: string, { args = [], ...options }: ProgramOptions): RunOptions {
  return { ...options, command: process.execPath, args: [path, ...args] };
}

/** Brings the database of DATABASE_URL up to date. */
export async function migrate(options: ProgramOptions): Promise<void> {
  await runChild(program(programPath('prisma/migrate.js'), options));
}

/** @param url where it is reached; it is ready once its health check there succeeds */
export function startApi(url: string, options: ProgramOptions): Promise<Child> {
  return startChild({
    ...program(programPath('apps/api/main.js'), options),
    ready: () => answers(`${url}/health/ready`),
  });
}

/** It is ready once its log reports that, or at once where its log level omits the line. */
export function startWorker(options: ProgramOptions): Promise<Child> {
  const level = options.env?.['LOG_LEVEL'];
  const isLogged = !level || LEVELS_WITH_INFO.has(level);
  return startChild({
    ...program(programPath('apps/worker/main.js'), options),
    ...(isLogged && { ready: /"msg":"worker ready"/ }),
  });
}

const LEVELS_WITH_INFO: ReadonlySet<string> = new Set(['info', 'debug', 'trace']);

export interface ProgramsOptions extends Pick<ProgramOptions, 'cwd' | 'onStart'> {
  settings: LocalSettings;
  /** The file that the output of a program is kept in. */
  logFile(name: string): string;
  /** Called with each line that a program writes. */
  onLine?(name: string, line: string): void;
}

/** The programs of one stack, each started with the stack's settings. */
export class Programs {
  constructor(private readonly options: ProgramsOptions) {}

  migrate(): Promise<void> {
    return migrate(this.common('migrations'));
  }

  sandbox(): Promise<Child> {
    const { SANDBOX_PORT } = this.options.settings.environment.sandbox;
    return startChild({
      ...program(programPath('dev/sandbox/main.js'), this.common('sandbox')),
      ready: () => answers(`http://127.0.0.1:${SANDBOX_PORT}/health`),
    });
  }

  /** @param folder where the mails are kept; left out, they are forgotten at the end */
  mail(folder?: string): Promise<Child> {
    const { SMTP_PORT, INBOX_PORT } = this.options.settings.environment.local;
    const args = [
      ...['--ip', '127.0.0.1', '--smtp', String(SMTP_PORT)],
      ...['--web-ip', '127.0.0.1', '--web', String(INBOX_PORT)],
      ...(folder === undefined ? [] : ['--mail-directory', folder]),
    ];
    return startChild({
      // Its file, as npx would be another process between.
      ...program(join(dirname(fileURLToPath(import.meta.resolve('maildev'))), 'bin', 'maildev.js'), {
        ...this.common('mail'),
        args,
      }),
      ready: () => answers(`http://127.0.0.1:${INBOX_PORT}/api/healthz`),
    });
  }

  /** @param variables what it is given beside the stack's settings */
  api(variables: Readonly<Record<string, string>> = {}): Promise<Child> {
    const { api } = this.options.settings.environment;
    const { env, ...common } = this.common('api');
    // DRAIN_DELAY, then 25 s for requests in flight, and 5 s to close.
    const grace = api.DRAIN_DELAY + 32_000;
    return startApi(apiUrl(api), { ...common, env: { ...env, ...variables }, grace });
  }

  /**
   * @param onLine called with each line of its log
   * @param variables what it is given beside the stack's settings
   */
  worker(onLine?: (line: string) => void, variables: Readonly<Record<string, string>> = {}): Promise<Child> {
    const { worker } = this.options.settings.environment;
    const common = this.common('worker');
    return startWorker({
      ...common,
      env: { ...common.env, ...variables },
      // SHUTDOWN_GRACE, then 5 s to hand back what still runs, and 3 s to close.
      grace: worker.SHUTDOWN_GRACE + 10_000,
      onLine(line) {
        common.onLine?.(line);
        onLine?.(line);
      },
    });
  }

  /**
   * Runs a program of the stack to its end.
   *
   * @returns its exit code
   * @throws ChildFailed unless that is one of `codes`
   */
  run(
    name: string,
    path: string,
    options: Partial<Pick<RunOptions, 'args' | 'codes' | 'onLine'>> = {},
  ): Promise<number> {
    const { codes, ...others } = options;
    return runChild({ ...program(programPath(path), { ...this.common(name), ...others }), codes });
  }

  /** The options that every program of the stack is run with. */
  common(name: string): ProgramOptions {
    const { settings, cwd, logFile, onLine, onStart } = this.options;
    return {
      name,
      cwd,
      env: settings.variables,
      logFile: logFile(name),
      onLine: (line) => onLine?.(name, line),
      onStart,
    };
  }
}
