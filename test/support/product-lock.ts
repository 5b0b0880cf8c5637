import pg from 'pg';

import { eventually } from './eventually.js';

/** A lock on the products that a test takes, so that a step which needs them runs as long as the lock is held. */
export class ProductLock {
  private released: Promise<void> | undefined;

  private constructor(private readonly client: pg.Client) {}

  /** @param reading whether reads of a product are blocked too; else only reservations are */
  static async take(databaseUrl: string, { reading }: { reading: boolean }): Promise<ProductLock> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('BEGIN');
    await client.query(`LOCK TABLE product IN ${reading ? 'ACCESS EXCLUSIVE' : 'EXCLUSIVE'} MODE`);
    return new ProductLock(client);
  }

  /** Resolves when a statement waits for the lock: those of other databases have products of the same OID. */
  async awaited(): Promise<void> {
    await eventually(
      async () => {
        const { rows } = await this.client.query<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_locks
           WHERE NOT granted AND locktype = 'relation' AND relation = 'product'::regclass
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return rows[0]?.waiting ?? 0;
      },
      (waiting) => waiting > 0,
    );
  }

  /** Once, however often it is called. */
  async release(): Promise<void> {
    this.released ??= this.endTransaction();
    await this.released;
  }

  private async endTransaction(): Promise<void> {
    await this.client.query('COMMIT');
    await this.client.end();
  }
}
