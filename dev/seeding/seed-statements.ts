import pg from 'pg';

/** A statement with its values. */
export type Seeding = readonly [statement: string, values?: readonly unknown[]];

/**
 * Runs statements over a connection of their own: the product's may not take as long as these.
 *
 * @returns the rows of the last one
 * @param options `isTrusted` leaves out triggers and foreign keys, which take most of the time of a million rows
 */
export async function seed<Row extends pg.QueryResultRow>(
  databaseUrl: string,
  statements: readonly Seeding[],
  { isTrusted = false } = {},
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    if (isTrusted) await client.query('SET session_replication_role = replica');
    let rows: Row[] = [];
    for (const [statement, values = []] of statements)
      ({ rows } = await client.query<Row>(statement, [...values]));
    return rows;
  } finally {
    await client.end();
  }
}
