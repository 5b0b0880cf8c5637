import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runChild } from '../../dev/stack/processes/child.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { startPostgres } from '../../dev/stack/postgres/postgres.js';
import { startTemporal } from '../../dev/stack/temporal/temporal.js';
import { findTemporalServer } from '../../dev/stack/temporal/server-build.js';
import { findTemporal } from '../../dev/stack/temporal/temporal-executable.js';
import { TemporalServer } from '../../dev/stack/temporal/temporal-server.js';

import { engineSettings } from './engine-settings.js';
import { ServiceKills } from './service-kills.js';

/** One for each test file that needs Temporal: runs of one file must never reach the workers of another. */
export const NAMESPACES = Array.from({ length: 96 }, (_, index) => `test-${index + 1}`);

export interface Postgres {
  /** Of a database with all migrations and no rows, to be copied. */
  readonly templateUrl: string;
  stop(): Promise<void>;
}

export interface Temporal {
  readonly address: string;
  /** Of the dev server, for a test that has a Temporal of its own. */
  readonly executable: string;
  /** A folder in which test files take what only one of them may have. */
  readonly leases: string;
  stop(): Promise<void>;
}

/** Each server once a process, for all projects that need it: every project of Vitest loads its own modules. */
const STARTED = Symbol.for('order-processing.test-servers');
interface Started {
  postgres?: Promise<Postgres>;
  temporal?: Promise<Temporal>;
}
const started = ((globalThis as { [STARTED]?: Started })[STARTED] ??= {});

/** Real PostgreSQL on a free port. */
export async function sharedPostgres(): Promise<Postgres> {
  started.postgres ??= openPostgres();
  return started.postgres;
}

/** Real Temporal on a free port. */
export async function sharedTemporal(): Promise<Temporal> {
  started.temporal ??= openTemporal();
  return started.temporal;
}

async function openPostgres(): Promise<Postgres> {
  const postgres = await startPostgres({ database: 'template_orders' });
  await runChild({
    name: 'migrations',
    command: process.execPath,
    args: ['dist/prisma/migrate.js'],
    env: { ...process.env, DATABASE_URL: postgres.url },
  });
  return { templateUrl: postgres.url, stop: once(() => postgres.stop()) };
}

async function openTemporal(): Promise<Temporal> {
  const executable = await findTemporal(report);
  const leases = mkdtempSync(join(tmpdir(), 'order-processing-tests-'));
  guardFolder(leases);
  const { address, stop } = await startEngine(executable);
  return {
    address,
    executable,
    leases,
    stop: once(async () => {
      await stop();
      rmSync(leases, { recursive: true, force: true });
    }),
  };
}

/** The dev server, or what production has. */
async function startEngine(executable: string): Promise<{ address: string; stop(): Promise<void> }> {
  const { engine, serviceKills } = engineSettings();
  if (engine === 'dev') return startTemporal({ executable, namespaces: NAMESPACES, isBrief: true });
  const programs = await findTemporalServer({ env: process.env, report });
  const server = await TemporalServer.start({ programs, namespaces: NAMESPACES });
  const kills = serviceKills === undefined ? undefined : new ServiceKills(server, serviceKills);
  return {
    address: server.address,
    async stop() {
      await kills?.end();
      await server.stop();
    },
  };
}

const report = (line: string) => void process.stderr.write(`${line}\n`);

/** Every project that used a server stops it at the end of the run. */
function once(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= stop());
}
