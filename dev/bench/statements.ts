import pg from 'pg';
import { z } from 'zod';

import { postgresUrl } from '../stack/postgres/postgres.js';

const Row = z.object({ query: z.string(), calls: z.coerce.number(), milliseconds: z.number() });

/** A statement, its values left out, and what it has cost so far. */
export type StatementCount = z.output<typeof Row>;

/** The query of the ledger's deferred triggers at a commit, which PostgreSQL counts as a client's. */
const AT_COMMIT = '%FROM "ledger_entry" WHERE "transaction_id" = asked%';

/** All that clients sent to the database `orders`, BEGIN and COMMIT included; not what triggers run inside. */
const COUNTS = `
  SELECT query, sum(calls) AS calls, sum(total_exec_time) AS milliseconds
  FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = 'orders' AND s.toplevel AND query NOT LIKE '${AT_COMMIT}'
  GROUP BY query`;

/** Settings of a PostgreSQL that counts statements. */
export const STATISTICS = ['shared_preload_libraries=pg_stat_statements'] as const;

/** pg_stat_statements, read from another database, so that reading it is not counted. */
export class Statements {
  private readonly pool: pg.Pool;

  constructor(port: number) {
    const connectionString = postgresUrl(port, 'postgres');
    this.pool = new pg.Pool({ connectionString, max: 1, idleTimeoutMillis: 0 });
    // The server may be stopped before this; a query fails where that matters.
    this.pool.on('error', () => {});
  }

  async enable(): Promise<void> {
    await this.pool.query('CREATE EXTENSION pg_stat_statements');
  }

  async counts(): Promise<StatementCount[]> {
    return z.array(Row).parse((await this.pool.query<Record<string, unknown>>(COUNTS)).rows);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** What was counted between two readings. */
export function since(before: readonly StatementCount[], after: readonly StatementCount[]): StatementCount[] {
  const known = new Map(before.map((row) => [row.query, row]));
  return after
    .map(({ query, calls, milliseconds }) => ({
      query,
      calls: calls - (known.get(query)?.calls ?? 0),
      milliseconds: milliseconds - (known.get(query)?.milliseconds ?? 0),
    }))
    .filter(({ calls }) => calls > 0);
}
