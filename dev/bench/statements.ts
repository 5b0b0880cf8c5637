import pg from 'pg';
import { z } from 'zod';

const Row = z.object({ query: z.string(), calls: z.coerce.number(), milliseconds: z.number() });

/** A statement, its values left out, and what it has cost so far. */
export type StatementCount = z.output<typeof Row>;

/** What the ledger's deferred triggers ask as a transaction commits, where PostgreSQL takes it for a client's. */
const AT_COMMIT = '%FROM "ledger_entry" WHERE "transaction_id" = asked%';

/** All that clients sent to the database `orders`, BEGIN and COMMIT included; not what triggers run inside. */
const COUNTS = `
  SELECT query, sum(calls) AS calls, sum(total_exec_time) AS milliseconds
  FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = 'orders' AND s.toplevel AND query NOT LIKE '${AT_COMMIT}'
  GROUP BY query`;

/** pg_stat_statements, asked from another database, so that the asking is not counted. */
export class Statements {
  private readonly pool: pg.Pool;

  constructor(maintenanceUrl: string) {
    this.pool = new pg.Pool({ connectionString: maintenanceUrl, max: 1, idleTimeoutMillis: 0 });
    // It is stopped before or after this, as it comes; a query says so where it matters.
    this.pool.on('error', () => {});
  }

  async counts(): Promise<StatementCount[]> {
    return z.array(Row).parse((await this.pool.query<Record<string, unknown>>(COUNTS)).rows);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** What came to be between two looks. */
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
