import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inject } from 'vitest';

import type { Child } from '../../dev/stack/processes/child.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { freePort } from '../../dev/stack/processes/ports.js';
import { findTemporalServer } from '../../dev/stack/temporal/server-build.js';
import { SERVICES, TemporalServer } from '../../dev/stack/temporal/temporal-server.js';
import { startTemporal } from '../../dev/stack/temporal/temporal.js';

import { engineSettings } from './engine-settings.js';

/** A Temporal of a test's own, which can be killed and started again with what it had stored. */
export abstract class OwnTemporal {
  readonly namespace = 'orders';

  abstract readonly address: string;

  static async start(): Promise<OwnTemporal> {
    return engineSettings().engine === 'postgres' ? OwnServer.launch() : OwnDevServer.launch();
  }

  abstract start(): Promise<void>;

  /** Ends it as a power cut would. */
  abstract kill(): Promise<void>;

  abstract stop(): Promise<void>;
}

/** The dev server, whose data is one file. */
export class OwnDevServer extends OwnTemporal {
  private server: Child | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {
    super();
  }

  static async launch(): Promise<OwnDevServer> {
    const folder = mkdtempSync(join(tmpdir(), 'order-processing-temporal-'));
    guardFolder(folder);
    const temporal = new OwnDevServer(folder, await freePort());
    await temporal.start();
    return temporal;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    await startTemporal({
      executable: inject('temporalExecutable'),
      namespaces: [this.namespace],
      port: this.port,
      file: join(this.data, 'temporal.db'),
      onStart: (child) => {
        if (child.lasts) this.server = child;
      },
    });
  }

  async kill(): Promise<void> {
    if (!this.server) throw new Error('Temporal is not running');
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
  }

  /** Keeps a cold copy of its data, as an operator's snapshot of its volume does. */
  async backUp(): Promise<void> {
    await this.server?.stop();
    cpSync(this.data, this.backup, { recursive: true });
    await this.start();
  }

  /** Puts its data back as it was when it was backed up. */
  async restore(): Promise<void> {
    await this.server?.stop();
    rmSync(this.data, { recursive: true });
    cpSync(this.backup, this.data, { recursive: true });
    await this.start();
  }

  /** The database with its log and its shared memory. */
  private get data(): string {
    return join(this.folder, 'data');
  }

  private get backup(): string {
    return join(this.folder, 'backup');
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** All four processes of the real server; its PostgreSQL lives on. */
class OwnServer extends OwnTemporal {
  private constructor(private readonly server: TemporalServer) {
    super();
  }

  static async launch(): Promise<OwnTemporal> {
    const programs = await findTemporalServer({ env: process.env, report: () => undefined });
    return new OwnServer(await TemporalServer.start({ programs, namespaces: ['orders'] }));
  }

  get address(): string {
    return this.server.address;
  }

  async start(): Promise<void> {
    await this.server.startServices();
  }

  async kill(): Promise<void> {
    await Promise.all(SERVICES.map((service) => this.server.kill(service)));
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}
