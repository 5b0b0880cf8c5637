import { ConnectionPool } from '#libs/persistence/database/connection-pool';
import type { DatabaseLimits } from '#libs/persistence/database/database-limits';
import { UnlimitedPooler } from '#libs/persistence/database/session';

class NeedsPostgres extends Error {
  override readonly name = 'NeedsPostgres';

  constructor() {
    super(
      [
        'Migrations need PostgreSQL itself: DATABASE_URL leads to a connection pooler such as PgBouncer. Set it, for the',
        'migrations only, to the address that the pooler connects to.',
      ].join('\n'),
    );
  }
}

/**
 * The lock that keeps migrations apart is a session's, and a pooler gives each statement another session. A database
 * that cannot be reached is told by what asks it next.
 *
 * @throws NeedsPostgres
 */
export async function refusePooler(url: string, limits?: DatabaseLimits): Promise<void> {
  const pool = new ConnectionPool(url, 1, limits);
  const isPooled = await pool.connect().then(
    (client) => {
      client.release();
      return pool.isPooled;
    },
    (error: unknown) => error instanceof UnlimitedPooler,
  );
  await pool.end();
  if (isPooled) throw new NeedsPostgres();
}
