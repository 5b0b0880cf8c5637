/**
 * Whether the migrations match schema.prisma: applies them to a scratch database and compares. Uses the
 * PostgreSQL server of DATABASE_URL, or one started for it.
 */
import { randomBytes } from 'node:crypto';

import pg from 'pg';

import { startPostgres } from './stack/postgres/postgres.js';
import { MigrationEngine } from '../prisma/migrate-engine.js';

const given = process.env['DATABASE_URL'];
const embedded = given ? undefined : await startPostgres();
const server = given ?? embedded?.url ?? '';
const scratch = `drift_${randomBytes(6).toString('hex')}`;
let code = 1;
try {
  await onServer(`CREATE DATABASE ${scratch}`);
  const url = new URL(server);
  url.pathname = scratch;
  const engine = await MigrationEngine.open(url.href);
  await engine.apply();
  const drift = await engine.drift();
  if (drift === undefined) code = 0;
  console.log(drift === undefined ? 'The migrations make what schema.prisma says.' : missing(drift));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  await onServer(`DROP DATABASE IF EXISTS ${scratch} WITH (FORCE)`).catch(() => {});
  await embedded?.stop();
}
process.exit(code);

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function missing(sql: string): string {
  return `schema.prisma says more or other than the migrations make. What is missing in a migration:\n\n${sql}`;
}
