import { dirname, join } from 'node:path';

import pg from 'pg';

import type { ChildOptions } from '../stack/processes/child.js';
import { guardFolder } from '../stack/processes/guarded.js';
import { type Postgres, postgresUrl, startPostgres } from '../stack/postgres/postgres.js';
import { deletePostgresHome, postgresHome } from '../stack/postgres/postgres-home.js';

export interface CountedPostgresOptions extends Pick<ChildOptions, 'logFile' | 'onStart'> {
  folder: string;
  port: number;
}

/** Where statements are counted: not in the database whose statements they are. */
const MAINTENANCE = 'postgres';

/**
 * The PostgreSQL of `npm start`, as durable as that one, with an empty database and pg_stat_statements. Loading that
 * takes a restart, as PostgreSQL only does it while it starts.
 */
export async function startCountedPostgres({
  folder,
  port,
  logFile,
  onStart,
}: CountedPostgresOptions): Promise<Postgres> {
  const home = join(folder, 'data');
  guardFolder(dirname(postgresHome(home).data));
  const options = { folder: home, port, logFile, onStart };
  const first = await startPostgres(options);
  await runSql(port, `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
  await first.stop();
  const started = await startPostgres(options);
  await runSql(port, 'CREATE EXTENSION pg_stat_statements');
  return started;
}

/** Its server must not be running. */
export function deleteCountedPostgres(folder: string): void {
  deletePostgresHome(join(folder, 'data'));
}

export function maintenanceUrl(port: number): string {
  return postgresUrl(port, MAINTENANCE);
}

async function runSql(port: number, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl(port) });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
