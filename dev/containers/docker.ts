import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** How an engine of Docker is reached; passed on as JSON to the program that runs in its network. */
export interface EngineAccess {
  /** What stands before `docker`, in the checkout; nothing where the engine is this machine's. */
  readonly enter: readonly string[];
  /** What enters the engine's network; nothing where it is this machine's. */
  readonly network: readonly string[];
  /** The checkout, as this machine sees it. */
  readonly folder: string;
  readonly composeFiles: readonly string[];
}

/** Docker's command line, in the checkout. */
export class Docker {
  constructor(private readonly access: EngineAccess) {}

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, COMPOSE_FILE: this.access.composeFiles.join(':') };
  }

  /** @returns what it prints @throws Error with what it says */
  async run(...args: string[]): Promise<string> {
    const [command = 'docker', ...rest] = [...this.access.enter, 'docker', ...args];
    const { stdout } = await execute(command, rest, {
      cwd: this.access.folder,
      env: this.environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  }

  async compose(...args: string[]): Promise<string> {
    return this.run('compose', ...args);
  }

  async succeeds(...args: string[]): Promise<boolean> {
    return this.run(...args).then(
      () => true,
      () => false,
    );
  }
}
