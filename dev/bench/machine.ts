import { arch, cpus, loadavg, release, totalmem } from 'node:os';

import pg from 'pg';

import type { BenchSystem } from './bench-system.js';
import { countNodes } from './process-usage.js';

/** The machine on which the figures were measured. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly system: string;
  /** Bytes. */
  readonly memory: number;
  /** Of the last minute, before this run started a program. */
  readonly loadAtStart: number;
  /** Before this run started a program, without this program. */
  readonly otherNodes: number;
}

export interface Versions {
  readonly node: string;
  readonly postgres: string;
  readonly temporal: string;
}

/** Must be read first: the processes of the run are on the machine, too. */
export function readMachine(): Machine {
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

export async function readVersions(system: BenchSystem): Promise<Versions> {
  const client = new pg.Client({ connectionString: system.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    const { serverVersion } = await system.orders.connection.workflowService.getSystemInfo({});
    return {
      node: process.versions.node,
      postgres: rows[0]?.server_version ?? 'unknown',
      temporal: serverVersion,
    };
  } finally {
    await client.end();
  }
}
