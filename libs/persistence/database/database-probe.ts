import { ConnectionPool } from './connection-pool.js';
import type { DatabaseLimits } from './database-limits.js';

/** Milliseconds. */
const TIMEOUT = 1_000;

/**
 * Checks whether the database answers, on a separate connection: the pool's may all wait for a lock while the
 * database is healthy.
 */
export class DatabaseProbe {
  private readonly pool: ConnectionPool;

  constructor(url: string, limits: DatabaseLimits) {
    this.pool = new ConnectionPool(url, 1, { ...limits, statement: TIMEOUT, lock: TIMEOUT });
  }

  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
