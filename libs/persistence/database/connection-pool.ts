import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { type DatabaseLimits, DEFAULT_LIMITS } from './database-limits.js';
import { prepareSession, UnlimitedPooler } from './session.js';
import { closeOnceSilent } from './silent-connection.js';
import { StatementSpans } from './statement-spans.js';

/** What an answer may take longer than the server allows the statement, before the connection counts as silent. */
const MARGIN = 1_000;
/** After how long without traffic the operating system asks whether the other end is still there. */
const KEEP_ALIVE = 10_000;
/** How long a close waits: for statements under way, and for the other end. */
const CLOSING = 2_000;
/** A connection is in use for as long as a statement or a transaction takes. Beyond this it never comes back. */
const LOST_AFTER = 180_000;

/** How the connections of a pool are used. */
export interface PoolUse {
  readonly max: number;
  readonly used: number;
  readonly idle: number;
  /** Statements and transactions that wait for a free connection. */
  readonly pending: number;
}

/** A pool of connections with a time limit for every wait. */
export class ConnectionPool extends pg.Pool {
  private readonly sockets: Set<Socket>;
  /** Since when each connection is in use, and since when each other one is idle. Milliseconds since 1970. */
  private readonly inUse = new Map<pg.PoolClient, number>();
  private readonly idle = new Map<pg.PoolClient, number>();
  /** How long one statement may take, its answer included. Milliseconds. */
  private readonly statementLimit: number;
  private sessions: 'unknown' | 'ours' | 'pooled' = 'unknown';

  constructor(url: string, size: number, limits: DatabaseLimits = DEFAULT_LIMITS) {
    const sockets = new Set<Socket>();
    super({
      connectionString: url,
      max: size,
      connectionTimeoutMillis: limits.connect,
      idleTimeoutMillis: 30_000,
      query_timeout: limits.statement + MARGIN,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE,
      stream: () => {
        const socket = new Socket();
        sockets.add(socket);
        // A silent server does not answer a close either.
        socket.once('finish', () => setTimeout(() => socket.destroy(), CLOSING).unref());
        return socket.once('close', () => sockets.delete(socket));
      },
      verify: (client, done) => {
        prepareSession(client, limits).then(
          ({ isPooled }) => {
            if (this.sessions !== 'pooled') this.sessions = isPooled ? 'pooled' : 'ours';
            done();
          },
          (error: Error) => done(error),
        );
      },
    });
    this.sockets = sockets;
    const spans = new StatementSpans(url);
    this.query = spans.around(this.query);
    this.statementLimit = limits.statement + MARGIN;
    this.on('connect', (client) => {
      // Between the pool's and the adapter's listeners an error would end the process.
      client.on('error', () => undefined);
      closeOnceSilent(client, MARGIN, (since) => this.dropIdle(since));
      client.query = spans.around(client.query);
    });
    this.on('acquire', (client) => {
      this.idle.delete(client);
      this.inUse.set(client, Date.now());
    });
    this.on('release', (_, client) => {
      this.inUse.delete(client);
      this.idle.set(client, Date.now());
    });
    this.on('remove', (client) => this.idle.delete(client));
    // Reported by the statement that meets it.
    this.on('error', () => undefined);
  }

  /** Whether a pooler is in between; unknown, so false, before the first connection. */
  get isPooled(): boolean {
    return this.sessions === 'pooled';
  }

  /** Whether a session keeps what was prepared in it: a pooler gives each transaction any free session. */
  get keepsStatements(): boolean {
    return this.sessions === 'ours';
  }

  /** Whether every connection is lost to a fault of ours, so that only another process would have some. */
  isStuck(now = Date.now()): boolean {
    return this.isInUseFor(LOST_AFTER, now);
  }

  /** Whether another statement would have to wait for a connection. */
  get isBusy(): boolean {
    return this.idleCount === 0 && this.totalCount >= this.options.max;
  }

  /** Whether every connection is in use for longer than a statement may take: none is about to become free. */
  isExhausted(now = Date.now()): boolean {
    return this.isInUseFor(this.statementLimit, now);
  }

  /** Whether every connection is. @param time milliseconds */
  private isInUseFor(time: number, now: number): boolean {
    return [...this.inUse.values()].filter((since) => now - since > time).length >= this.options.max;
  }

  use(): PoolUse {
    return {
      max: this.options.max,
      used: this.totalCount - this.idleCount,
      idle: this.idleCount,
      pending: this.waitingCount,
    };
  }

  /** Ends within a bounded time, and leaves nothing that would keep the process alive. */
  override end(): Promise<void>;
  override end(done: () => void): void;
  override end(done?: () => void): Promise<void> | void {
    const ended = this.close();
    if (!done) return ended;
    void ended.then(done);
  }

  private async close(): Promise<void> {
    const over = new AbortController();
    const inTime = await Promise.race([
      super.end().then(() => true),
      delay(CLOSING, false, { signal: over.signal }),
    ]).finally(() => over.abort());
    for (const socket of this.sockets)
      if (inTime) socket.unref();
      else socket.destroy();
  }

  /** One connection was silent: others without traffic since may be, too, and cost little to open again. */
  private dropIdle(since: number): void {
    for (const [client, at] of this.idle) {
      if (at >= since) continue;
      // The pool drops it at this event; the connection's end event would come too late for the next statement.
      client.emit('error', new Error('Connection terminated: it may be silent'));
      client.connection.stream.destroy();
    }
  }
}

/**
 * Checks the database once, before a process begins. A database that cannot be reached does not stop the start.
 *
 * @throws UnlimitedPooler
 */
export async function refuseUnlimitedPooler(url: string, limits: DatabaseLimits): Promise<void> {
  const pool = new ConnectionPool(url, 1, limits);
  try {
    (await pool.connect()).release();
  } catch (error) {
    if (error instanceof UnlimitedPooler) throw error;
  } finally {
    await pool.end();
  }
}
