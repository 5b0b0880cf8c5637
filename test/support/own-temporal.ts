import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inject } from 'vitest';

import type { Child } from '../../dev/stack/processes/child.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { freePort } from '../../dev/stack/processes/ports.js';
import { startTemporal } from '../../dev/stack/temporal/temporal.js';

/** A Temporal of a test's own, which can be killed and started again with what it had stored. */
export class OwnTemporal {
  readonly namespace = 'orders';
  private server: Child | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<OwnTemporal> {
    const folder = mkdtempSync(join(tmpdir(), 'order-processing-temporal-'));
    guardFolder(folder);
    const temporal = new OwnTemporal(folder, await freePort());
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
      file: join(this.folder, 'temporal.db'),
      onStart: (child) => {
        if (child.lasts) this.server = child;
      },
    });
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    if (!this.server) throw new Error('Temporal is not running');
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
