import pg from 'pg';

const SEQUENCES = `
  SELECT quote_ident(sequencename) AS name, COALESCE(last_value, start_value)::text AS value, last_value IS NOT NULL AS used
  FROM pg_sequences WHERE schemaname = 'public'`;
const TABLES = `
  SELECT quote_ident(tablename) AS name FROM pg_tables
  WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`;

/**
 * Copies every row, and where every sequence stands, to a database that has the same migrations: as `pg_dump` and a restore
 * do, which are not part of the PostgreSQL that tests use. Transactions, and their numbers, are not copied.
 */
export async function restoreDump(from: string, to: string): Promise<void> {
  const source = new pg.Client({ connectionString: from });
  const target = new pg.Client({ connectionString: to });
  await Promise.all([source.connect(), target.connect()]);
  try {
    await source.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await target.query('BEGIN');
    // Foreign keys and triggers are those of the source's rows.
    await target.query('SET LOCAL session_replication_role = replica');
    for (const { name } of (await source.query<{ name: string }>(TABLES)).rows) {
      const { rows } = await source.query<{ rows: string | null }>(
        `SELECT json_agg(t)::text AS rows FROM ${name} t`,
      );
      await target.query(`DELETE FROM ${name}`);
      await target.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1)`, [
        rows[0]?.rows ?? '[]',
      ]);
    }
    const { rows } = await source.query<{ name: string; value: string; used: boolean }>(SEQUENCES);
    for (const { name, value, used } of rows)
      await target.query('SELECT setval($1, $2, $3)', [name, value, used]);
    await target.query('COMMIT');
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}
