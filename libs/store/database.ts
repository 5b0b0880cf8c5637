import { createHash } from 'node:crypto';

import { ExactPg } from './exact-numbers.js';
import { PrismaClient } from './generated/client.js';

export type Database = PrismaClient;

/**
 * Opens the store. Connections are made when first needed.
 *
 * @param url a postgresql:// URL
 * @param poolSize connections at most
 */
export function openDatabase(url: string, poolSize: number): Database {
  const adapter = new ExactPg(
    {
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      // Every statement finds its rows by key: planning it anew for its values costs a sixth of PostgreSQL's CPU
      // for an order, and never finds another plan.
      options: '-c plan_cache_mode=force_generic_plan',
    },
    // Named statements are parsed and planned once a connection instead of once a call.
    { statementNameGenerator: ({ sql }) => statementName(sql) },
  );
  return new PrismaClient({ adapter });
}

const names = new Map<string, string>();

function statementName(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 24);
  names.set(sql, name);
  return name;
}
