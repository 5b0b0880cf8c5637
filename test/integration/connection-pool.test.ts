import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ConnectionPool } from '#libs/persistence/database/connection-pool';
import { databaseOver } from '#libs/persistence/database/database';
import { isContended, isUnreachable } from '#libs/persistence/database/database-failure';
import type { DatabaseLimits } from '#libs/persistence/database/database-limits';

import { SilentProxy } from '../support/silent-proxy.js';
import { testDatabase } from '../support/test-database.js';

const SIZE = 3;
const LIMITS: DatabaseLimits = { connect: 1_000, statement: 600, lock: 200, idleTransaction: 500 };
/** When a silent connection is noticed: after `statement` and a second. */
const NOTICED = 1_600;

describe('a pool of connections', () => {
  let url: string;
  let proxy: SilentProxy;
  let pool: ConnectionPool;
  let database: ReturnType<typeof databaseOver>;
  beforeAll(async () => {
    url = await testDatabase();
  });
  beforeEach(async () => {
    proxy = await SilentProxy.before(url);
    pool = new ConnectionPool(proxy.url, SIZE, LIMITS);
    database = databaseOver(pool);
  });
  afterEach(async () => {
    await database.$disconnect();
    await proxy.close();
  });

  const ask = () => database.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  const askTogether = (count: number) => Promise.all(Array.from({ length: count }, ask));
  const settled = (asked: Promise<unknown>) =>
    asked.then(
      () => 'answered',
      (error: unknown) => error,
    );
  const took = async (act: Promise<unknown>) => {
    const start = Date.now();
    await act;
    return Date.now() - start;
  };

  it('replaces silent connections, and reports meanwhile that the database cannot be reached', async () => {
    await askTogether(SIZE);
    proxy.silence();
    const failures = await Promise.all([settled(ask()), settled(database.product.findMany())]);
    for (const failure of failures) expect(isUnreachable(failure), String(failure)).toBe(true);
    // One was used; the other idle ones are closed without a wait.
    expect(await took(askTogether(SIZE))).toBeLessThan(NOTICED / 2);
  });

  it('replaces a connection that goes silent within a transaction', async () => {
    const failure = await settled(
      database.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT 1`;
        proxy.silence();
        await transaction.$queryRaw`SELECT 2`;
      }),
    );
    expect(isUnreachable(failure), String(failure)).toBe(true);
    expect(await took(askTogether(SIZE))).toBeLessThan(NOTICED / 2);
    expect(pool.totalCount).toBeLessThanOrEqual(SIZE);
  });

  it('ends in time, whichever connections are silent', async () => {
    await askTogether(SIZE);
    proxy.silence(1);
    const asked = askTogether(SIZE).catch(() => undefined);
    expect(await took(database.$disconnect())).toBeLessThan(3_500);
    await asked;
  });

  it('gives up on a lock that is held, and reports that the row is busy', async () => {
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE product');
      const failures = await Promise.all(
        // The typed client's failures are read like those of plain SQL, and quote nothing of their callers.
        [
          settled(database.$queryRaw`SELECT 1 FROM product`),
          settled(database.product.findMany()),
          settled(database.product.count()),
        ],
      );
      for (const failure of failures) {
        expect(isContended(failure), String(failure)).toBe(true);
        expect(String(failure)).not.toContain('database.product');
      }
    } finally {
      await holder.end();
    }
  });

  it('gives up a statement that takes too long', async () => {
    const failure = await settled(database.$queryRaw`SELECT pg_sleep(1)::text`);
    expect(isContended(failure), String(failure)).toBe(true);
  });

  it('waits longer where a transaction sets that', async () => {
    await database.$transaction([
      database.$executeRaw`SET LOCAL statement_timeout = 4000`,
      database.$queryRaw`SELECT pg_sleep(1.7)::text`,
    ]);
    expect(isContended(await settled(database.$queryRaw`SELECT pg_sleep(1)::text`))).toBe(true);
  });

  it('gives up a transaction that stands open', async () => {
    const failure = await settled(
      database.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT 1`;
        await delay(LIMITS.idleTransaction + 300);
        await transaction.$queryRaw`SELECT 2`;
      }),
    );
    expect(isUnreachable(failure), String(failure)).toBe(true);
    await ask();
  });

  it('outlives a connection that is cut while it is in use', async () => {
    const client = await pool.connect();
    const ended = new Promise<void>((resolve) => void client.on('end', resolve));
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.$queryRaw`SELECT pg_terminate_backend(${rows[0]?.pid}::int)`;
    await ended;
    const failure = await settled(client.query('SELECT 1'));
    expect(isUnreachable(failure), String(failure)).toBe(true);
    client.release();
    await askTogether(SIZE);
  });

  it('is stuck once every connection was acquired and never released', async () => {
    const clients = await Promise.all(Array.from({ length: SIZE }, () => pool.connect()));
    const inAnHour = Date.now() + 3_600_000;
    expect([pool.isStuck(), pool.isStuck(inAnHour)]).toEqual([false, true]);
    clients[0]?.release();
    expect(pool.isStuck(inAnHour)).toBe(false);
    clients.slice(1).forEach((client) => client.release());
  });
});
