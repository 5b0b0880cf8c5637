import pg from 'pg';

import { eventually } from './eventually.js';

/** A lock on the products that a test takes, so that a step which needs them is under way for as long as it likes. */
export class ProductLock {
  private constructor(private readonly client: pg.Client) {}

  /** @param reading whether not even a look at a product is let through; else only taking one is held up */
  static async take(databaseUrl: string, { reading }: { reading: boolean }): Promise<ProductLock> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('BEGIN');
    await client.query(`LOCK TABLE product IN ${reading ? 'ACCESS EXCLUSIVE' : 'EXCLUSIVE'} MODE`);
    return new ProductLock(client);
  }

  /** Resolves when a statement waits for the lock. */
  async awaited(): Promise<void> {
    await eventually(
      async () => {
        const { rows } = await this.client.query<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND relation = 'product'::regclass`,
        );
        return rows[0]?.waiting ?? 0;
      },
      (waiting) => waiting > 0,
    );
  }

  async release(): Promise<void> {
    await this.client.query('COMMIT');
    await this.client.end();
  }
}
