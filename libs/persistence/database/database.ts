import { createHash } from 'node:crypto';

import { ConnectionPool } from './connection-pool.js';
import type { DatabaseLimits } from './database-limits.js';
import { ExactPg } from './exact-numbers.js';
import { PrismaClient } from '../generated/client.js';

export type Database = PrismaClient;

/**
 * Opens the store. Connections are made when first needed.
 *
 * @param url a postgresql:// URL
 * @param poolSize connections at most
 */
export function openDatabase(url: string, poolSize: number, limits?: DatabaseLimits): Database {
  return databaseOver(new ConnectionPool(url, poolSize, limits));
}

/** The store over a pool that ends with it. */
export function databaseOver(pool: ConnectionPool): Database {
  const adapter = new ExactPg(pool, {
    disposeExternalPool: true,
    // Named statements are parsed and planned once a connection instead of once a call.
    statementNameGenerator: ({ sql }) => (pool.keepsStatements ? statementName(sql) : ''),
  });
  // Else a failure of the typed client quotes the source of its caller.
  return new PrismaClient({ adapter, errorFormat: 'minimal' });
}

const names = new Map<string, string>();

function statementName(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 24);
  names.set(sql, name);
  return name;
}
