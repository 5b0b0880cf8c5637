import type { Store } from '../store.js';
import { ConnectionPool } from './connection-pool.js';
import type { DatabaseLimits } from './database-limits.js';

/** Milliseconds for a statement. */
const TIMEOUT = 1_000;
/** Milliseconds for the connection. */
const CONNECT_TIMEOUT = 2_000;

/** Every connection of this process is in use for so long that requests get none; another process may have some. */
export class PoolExhausted extends Error {
  override readonly name = 'PoolExhausted';
  readonly code = 'pool_exhausted';
}

/**
 * Checks whether the database serves this process: on a connection of the pool that serves requests. While all of them
 * are busy, perhaps with waiting for a lock that every process waits for, a separate connection shows whether the database
 * answers at all. What else watches the database uses that one, too, a short statement at a time.
 */
export class DatabaseProbe {
  readonly separate: ConnectionPool;

  constructor(
    private readonly store: Pick<Store, 'isBusy' | 'isExhausted' | 'ping'>,
    url: string,
    limits: DatabaseLimits,
  ) {
    const connect = Math.min(limits.connect, CONNECT_TIMEOUT);
    this.separate = new ConnectionPool(url, 1, { ...limits, connect, statement: TIMEOUT, lock: TIMEOUT });
  }

  /** @throws PoolExhausted, or what a statement throws when the database does not answer */
  async ping(): Promise<void> {
    if (this.store.isExhausted()) throw new PoolExhausted();
    if (this.store.isBusy()) await this.separate.query('SELECT 1');
    else await this.store.ping();
  }

  async close(): Promise<void> {
    await this.separate.end();
  }
}
