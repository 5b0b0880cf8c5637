import { join } from 'node:path';

import type { Client } from '@temporalio/client';

import { lazyClient } from '#libs/temporal/connection';

import { bringUp } from '../stack/bring-up.js';
import type { Processes } from '../demo/processes.js';
import { Programs } from '../demo/programs.js';
import type { LocalSettings } from '../stack/local-settings.js';
import type { Terminal } from '../command/terminal.js';
import { ARRIVED, BARE_NAMESPACE } from './bare-order.js';
import { maintenanceUrl } from './counted-postgres.js';
import { MailSink } from './mail-sink.js';
import type { PartName } from './measured-parts.js';
import { rigSteps } from './rig-steps.js';
import { Statements } from './statements.js';

export interface RigOptions {
  settings: LocalSettings;
  /** Where data and logs go. */
  folder: string;
  processes: Processes;
  terminal: Terminal;
  /** Aborted when the bench is to end. */
  stopping: AbortController;
}

/** Everything that is measured, up and running, and the ways to reach it. */
export class Rig {
  readonly pids = new Map<PartName, number>();
  readonly mails = new MailSink();
  readonly orders: Client;
  readonly bare: Client;
  readonly statements: Statements;
  readonly apiUrl: string;
  apiKey = '';

  private constructor(
    readonly settings: LocalSettings,
    private readonly stopping: AbortController,
  ) {
    const { api, local, temporal } = settings.environment;
    this.apiUrl = `http://127.0.0.1:${api.API_PORT}`;
    this.orders = lazyClient(temporal);
    this.bare = lazyClient({ ...temporal, TEMPORAL_NAMESPACE: BARE_NAMESPACE });
    this.statements = new Statements(maintenanceUrl(local.POSTGRES_PORT));
  }

  static async open({ settings, folder, processes, terminal, stopping }: RigOptions): Promise<Rig> {
    const rig = new Rig(settings, stopping);
    const programs = new Programs(settings, join(folder, 'logs'), processes);
    try {
      await bringUp(rigSteps({ rig, programs, folder, processes }), terminal, stopping);
    } catch (error) {
      await rig.close();
      throw error;
    }
    return rig;
  }

  pid(part: PartName): number {
    const pid = this.pids.get(part);
    if (pid === undefined) throw new Error(`The ${part} was not started`);
    return pid;
  }

  /** The bare workflow's parcel arrives, as an order's does: told from outside, once it was handed over. */
  signalArrival(workflowId: string): void {
    this.bare.workflow
      .getHandle(workflowId)
      .signal(ARRIVED)
      .catch((error: unknown) => this.stopping.abort(error));
  }

  /** Lets go of what it holds itself; the processes are stopped by who keeps them. */
  async close(): Promise<void> {
    await this.orders.connection.close();
    await this.bare.connection.close();
    await this.statements.close();
    await this.mails.close();
  }
}
