import { ConnectionPool } from './connection-pool.js';
import type { DatabaseLimits } from './database-limits.js';

/** Milliseconds for a statement. */
const TIMEOUT = 1_000;
/** Milliseconds for the connection. */
const CONNECT_TIMEOUT = 2_000;

/**
 * Checks whether the database answers, on a separate connection: the pool's may all wait for a lock while the
 * database is healthy. What else watches the database uses the same connection, one short statement at a time.
 */
export class DatabaseProbe {
  readonly pool: ConnectionPool;

  constructor(url: string, limits: DatabaseLimits) {
    const connect = Math.min(limits.connect, CONNECT_TIMEOUT);
    this.pool = new ConnectionPool(url, 1, { ...limits, connect, statement: TIMEOUT, lock: TIMEOUT });
  }

  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
