import pg from 'pg';

/** A checksum of each table: two equal ones mean the same rows. */
export async function tableSums(databaseUrl: string): Promise<Record<string, string>> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rows: tables } = await database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const sums: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await database.query<{ sum: string }>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') AS sum
         FROM ${database.escapeIdentifier(name)} t`,
      );
      sums[name] = rows[0]?.sum ?? '';
    }
    return sums;
  } finally {
    await database.end();
  }
}
