import pg from 'pg';

import { CATALOGUE } from './orders.js';
import { checkSecrecy } from './secrecy.js';
import { System } from './system.js';

/** The rows that exist before any test: keys, what migrations have made, and the state of the lost-run look. */
const KEPT = ['_prisma_migrations', 'api_key', 'run_look'];

/** Each is started once for all files that this process runs, as that takes seconds, and ends with the process. */
const started: { api?: Promise<System>; system?: Promise<System> } = {};

/** An API that has no worker. Each file finds a database with the catalogue alone. */
export async function openSharedApi(): Promise<System> {
  const system = await (started.api ??= System.start({ worker: false }));
  await empty(system.databaseUrl);
  await system.store.catalogue.seed(CATALOGUE);
  system.log.length = 0;
  return system;
}

/**
 * An API and a worker, where another card may be tried for a minute and a step parks after two attempts. Each file
 * finds the rows of earlier files, and counts only its own.
 */
export async function openSharedSystem(): Promise<System> {
  return (started.system ??= System.start({ env: { DECLINE_WINDOW: '1m', RETRY_ATTEMPTS: '2' } }));
}

/** @throws Error when the data that the file left behind has personal data in a wrong place */
export async function leaveShared(system: System): Promise<void> {
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
