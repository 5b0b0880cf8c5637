import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ConnectionPool } from '#libs/persistence/database/connection-pool';
import { databaseOver } from '#libs/persistence/database/database';
import { isContended, isUnreachable } from '#libs/persistence/database/database-failure';
import type { DatabaseLimits } from '#libs/persistence/database/database-limits';
import { DatabaseProbe } from '#libs/persistence/database/database-probe';
import { Store } from '#libs/persistence/store';

import { eventually } from '../support/eventually.js';
import { SilentProxy } from '../support/silent-proxy.js';
import { testDatabase } from '../support/test-database.js';

const SIZE = 3;
const LIMITS: DatabaseLimits = { connect: 5_000, statement: 2_000, lock: 400, idleTransaction: 10_000 };

describe('the check of the database', () => {
  let url: string;
  let proxy: SilentProxy;
  let pool: ConnectionPool;
  let store: Store;
  let probe: DatabaseProbe;
  beforeAll(async () => {
    url = await testDatabase();
  });
  beforeEach(async () => {
    proxy = await SilentProxy.before(url);
    pool = new ConnectionPool(proxy.url, SIZE, LIMITS);
    store = new Store(databaseOver(pool), pool);
    probe = new DatabaseProbe(store, url, LIMITS);
  });
  afterEach(async () => {
    await store.close();
    await probe.close();
    await proxy.close();
  });

  const asked = () =>
    probe.ping().then(
      () => 'ready',
      (error: unknown) => error,
    );
  const holdAll = () => Promise.all(Array.from({ length: SIZE }, () => pool.connect()));

  it('is passed while the pool has connections, or can make some', async () => {
    expect(await asked()).toBe('ready');
    const [first, ...others] = await holdAll();
    first?.release();
    expect(await asked()).toBe('ready');
    others.forEach((client) => client.release());
  });

  it('fails once every connection is in use for longer than a statement may take', async () => {
    const clients = await holdAll();
    expect(await asked()).toBe('ready');
    await eventually(
      asked,
      (answer) => answer instanceof Error && 'code' in answer && answer.code === 'pool_exhausted',
    );
    clients[0]?.release();
    expect(await asked()).toBe('ready');
    clients.slice(1).forEach((client) => client.release());
  });

  it('is passed while every connection waits for a lock', async () => {
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE orders');
      const waiting = Array.from({ length: 2 * SIZE }, () =>
        store.sweep.neverStarted(0, 1).catch((error: unknown) => error),
      );
      await eventually(() => pool.isBusy, Boolean);
      expect(await asked()).toBe('ready');
      for (const failure of await Promise.all(waiting))
        expect(isContended(failure), String(failure)).toBe(true);
      expect(await asked()).toBe('ready');
    } finally {
      await holder.end();
    }
  });

  it("fails while the pool's connections are silent, although another one is answered", async () => {
    (await holdAll()).forEach((client) => client.release());
    proxy.silence();
    const failure = await asked();
    expect(isUnreachable(failure), String(failure)).toBe(true);
    expect(await asked()).toBe('ready');
  });

  it('fails while the pool can make no connection', async () => {
    await proxy.close();
    const failure = await asked();
    expect(isUnreachable(failure), String(failure)).toBe(true);
    proxy = await SilentProxy.before(url);
  });
});
