import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { type Child, runChild } from '../../dev/stack/processes/child.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { freePort } from '../../dev/stack/processes/ports.js';
import { postgresUrl, startPostgres } from '../../dev/stack/postgres/postgres.js';
import { deletePostgresHome, postgresHome } from '../../dev/stack/postgres/postgres-home.js';

/** A PostgreSQL of a test's own, which can be stopped hard and started again on the same data. */
export class OwnPostgres {
  private server: Child | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** With all migrations and no rows. */
  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'order-processing-postgres-own-'));
    [dirname(postgresHome(folder).data), folder].forEach(guardFolder);
    const postgres = new OwnPostgres(folder, await freePort());
    await postgres.start();
    await runChild({
      name: 'migrations',
      command: process.execPath,
      args: ['dist/prisma/migrate.js'],
      env: { ...process.env, DATABASE_URL: postgres.url },
    });
    return postgres;
  }

  get url(): string {
    return postgresUrl(this.port);
  }

  async start(): Promise<void> {
    await startPostgres({
      folder: this.folder,
      port: this.port,
      onStart: (child) => {
        if (child.lasts) this.server = child;
      },
    });
  }

  /** Stops it under load: connections break, and the next start recovers from its log. */
  async crash(): Promise<void> {
    if (!this.server) throw new Error('PostgreSQL is not running');
    // PostgreSQL's "immediate" stop. After a SIGKILL its own children could still hold the data.
    process.kill(this.server.pid, 'SIGQUIT');
    await this.server.exited;
  }

  /** Keeps a cold copy of its data, as an operator's snapshot of its volume does. */
  async backUp(): Promise<void> {
    await this.server?.stop();
    this.copyData(this.data, this.backup);
    await this.start();
  }

  /** Puts its data back as it was when it was backed up. */
  async restore(): Promise<void> {
    await this.server?.stop();
    this.copyData(this.backup, this.data);
    await this.start();
  }

  private get data(): string {
    return postgresHome(this.folder).data;
  }

  private get backup(): string {
    return `${this.data}.backup`;
  }

  /** With its owner and its rights, which PostgreSQL insists on. */
  private copyData(from: string, to: string): void {
    rmSync(to, { recursive: true, force: true });
    execFileSync('cp', ['-a', from, to]);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    rmSync(this.backup, { recursive: true, force: true });
    deletePostgresHome(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
