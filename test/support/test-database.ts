import { randomBytes } from 'node:crypto';

import pg from 'pg';
import { inject } from 'vitest';

import { type Database, openDatabase } from '#libs/persistence/database/database';
import { type DatabaseLimits, DEFAULT_LIMITS } from '#libs/persistence/database/database-limits';

/** As the service has them, but for the wait for a connection: a busy machine is no fault of the code under test. */
const TEST_LIMITS: DatabaseLimits = { ...DEFAULT_LIMITS, connect: 60_000 };

/** The database at a URL, as a test's own code works with it. */
export function openTestDatabase(databaseUrl: string): Database {
  return openDatabase(databaseUrl, 10, TEST_LIMITS);
}

/** A database of one's own on the shared server, with all migrations. @returns its URL */
export async function testDatabase(): Promise<string> {
  const template = new URL(inject('templateUrl'));
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = new URL(template);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}`);
  } finally {
    await client.end();
  }
  template.pathname = `/${name}`;
  return template.href;
}
