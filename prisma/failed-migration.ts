import { ConnectionPool } from '#libs/persistence/database/connection-pool';

/** A migration that failed, with what the engine noted of why. */
interface FailedMigration {
  readonly name: string;
  readonly logs: string | null;
}

/** The migration that keeps all others from being applied, if there is one. */
export async function failedMigration(url: string): Promise<FailedMigration | undefined> {
  const pool = new ConnectionPool(url, 1);
  try {
    const { rows } = await pool.query<FailedMigration>(
      `SELECT migration_name AS name, logs FROM _prisma_migrations
       WHERE finished_at IS NULL AND rolled_back_at IS NULL ORDER BY started_at LIMIT 1`,
    );
    return rows[0];
  } catch {
    // What failed before says more.
    return undefined;
  } finally {
    await pool.end();
  }
}

/** A migration is sent whole and is one transaction, unless it says otherwise itself. */
export function howToGoOn({ name, logs }: FailedMigration): string {
  const [why = ''] = (logs ?? '').split(/\n\s+0: /, 1);
  return [
    `The migration ${name} failed and is rolled back; those behind it wait for it.`,
    ...why.split('\n').filter((line) => line.trim() !== '' && line !== 'external connector error'),
    'Remove the cause, then go on with:',
    `  npm run migrate -- --rolled-back ${name}`,
    `Where all of it is there nevertheless, say so with --applied ${name} instead.`,
  ].join('\n');
}
