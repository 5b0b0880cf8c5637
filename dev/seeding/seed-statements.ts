import pg from 'pg';

/** A statement with its values. */
export type Seeding = readonly [statement: string, values?: readonly unknown[]];

/**
 * Runs statements over a connection of their own: the product's may not take as long as these.
 *
 * @param options `isTrusted` leaves out triggers and foreign keys, which take most of the time of a million rows
 */
export async function seed(
  databaseUrl: string,
  statements: readonly Seeding[],
  { isTrusted = false } = {},
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    if (isTrusted) await client.query('SET session_replication_role = replica');
    for (const [statement, values = []] of statements) await client.query(statement, [...values]);
  } finally {
    await client.end();
  }
}
