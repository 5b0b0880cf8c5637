import { arch, cpus, loadavg, release, totalmem } from 'node:os';

import pg from 'pg';

import { countNodes } from './process-usage.js';
import type { Rig } from './rig.js';

/** What the figures were measured on; without it they say little. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly system: string;
  /** Bytes. */
  readonly memory: number;
  /** Of the last minute, before anything of this run was started. */
  readonly loadAtStart: number;
  /** Before anything of this run was started, this program left out. */
  readonly otherNodes: number;
}

export interface Versions {
  readonly node: string;
  readonly postgres: string;
  readonly temporal: string;
}

/** To be asked first: what is started for the run is on the machine, too. */
export function lookAtMachine(): Machine {
  const each = cpus();
  return {
    cores: each.length,
    cpu: each[0]?.model.trim() ?? 'unknown',
    system: `Linux ${release()}, ${arch()}`,
    memory: totalmem(),
    loadAtStart: loadavg()[0] ?? Number.NaN,
    otherNodes: countNodes() - 1,
  };
}

export async function askVersions(rig: Rig): Promise<Versions> {
  const client = new pg.Client({ connectionString: rig.settings.environment.store.DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    const { serverVersion } = await rig.orders.connection.workflowService.getSystemInfo({});
    return {
      node: process.versions.node,
      postgres: rows[0]?.server_version ?? 'unknown',
      temporal: serverVersion,
    };
  } finally {
    await client.end();
  }
}
