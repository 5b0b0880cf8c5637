import pg from 'pg';

import { CATALOGUE } from './orders.js';
import { checkSecrecy } from './secrecy.js';
import { System } from './system.js';

/** What is there before any test: its keys, what migrations have made, and how far runs have been looked through. */
const KEPT = ['_prisma_migrations', 'api_key', 'run_look'];

let started: Promise<System> | undefined;

/**
 * An API that has no worker, one for all files that this process runs: starting it takes seconds. Each file finds a
 * database with the catalogue alone. It ends with the process.
 */
export async function openSharedApi(): Promise<System> {
  started ??= System.start({ worker: false });
  const system = await started;
  await empty(system.databaseUrl);
  await system.store.catalogue.seed(CATALOGUE);
  system.log.length = 0;
  return system;
}

/** @throws Error when anything of what the file did knows a customer that should not */
export async function leaveSharedApi(system: System): Promise<void> {
  await fetch(`${system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
  await checkSecrecy(system);
}

/** Empties tables from which the service itself may not delete. */
async function empty(databaseUrl: string): Promise<void> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rows } = await database.query<{ names: string }>(
      `SELECT string_agg(quote_ident(tablename), ', ') AS names FROM pg_tables
       WHERE schemaname = 'public' AND tablename <> ALL ($1)`,
      [KEPT],
    );
    await database.query(`DELETE FROM api_key WHERE service <> 'shop'`);
    await database.query('SET session_replication_role = replica');
    await database.query(`TRUNCATE ${rows[0]?.names}`);
  } finally {
    await database.end();
  }
}
