import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEFAULT_LIMITS } from '#libs/persistence/database/database-limits';

import { MigrationAdapter } from '../../prisma/migrate-adapter.js';
import { eventually } from '../support/eventually.js';
import { testDatabase } from '../support/test-database.js';

describe('a migration that finds its table locked', () => {
  let url: string;
  let holder: pg.Client;
  let other: pg.Client;
  beforeAll(async () => {
    url = await testDatabase();
    [holder, other] = [new pg.Client(url), new pg.Client(url)];
    await Promise.all([holder.connect(), other.connect()]);
  });
  afterAll(async () => {
    await Promise.all([holder.end(), other.end()]);
  });

  it('does not block others while it waits, and is applied once the lock is free', async () => {
    // An operator's report: it holds up a migration, and reads nothing that others could not read, too.
    await holder.query('BEGIN; SELECT FROM orders');
    const adapter = await new MigrationAdapter(url, { ...DEFAULT_LIMITS, lock: 100 }).connect();
    try {
      const applied = adapter.executeScript('ALTER TABLE orders ADD COLUMN added int; SELECT 1');
      await eventually(
        () =>
          other.query(
            "SELECT FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
          ),
        ({ rowCount }) => rowCount !== 0,
      );
      // Behind the migration it would wait for as long as the report takes.
      await other.query('SELECT FROM orders');
      await holder.query('COMMIT');
      await applied;
      expect((await other.query('SELECT added FROM orders')).fields.map(({ name }) => name)).toEqual([
        'added',
      ]);
    } finally {
      await adapter.dispose();
    }
  });
});

describe('a migration that builds an index beside writes', () => {
  const BUILD = 'CREATE INDEX CONCURRENTLY IF NOT EXISTS built_beside ON orders (number)';
  let url: string;
  let writer: pg.Client;
  let other: pg.Client;
  beforeAll(async () => {
    url = await testDatabase();
    [writer, other] = [new pg.Client(url), new pg.Client(url)];
    await Promise.all([writer.connect(), other.connect()]);
  });
  afterAll(async () => {
    await Promise.all([writer.end(), other.end()]);
  });

  const isValid = async () => {
    const { rows } = await other.query<{ valid: boolean }>(
      `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('built_beside')`,
    );
    return rows[0]?.valid;
  };
  const build = async (limits: typeof DEFAULT_LIMITS) => {
    const adapter = await new MigrationAdapter(url, { ...limits, lock: 100 }).connect();
    try {
      await adapter.executeScript(BUILD);
    } finally {
      await adapter.dispose();
    }
  };
  const waits = () =>
    eventually(
      () =>
        other.query(
          "SELECT FROM pg_stat_activity WHERE query LIKE '%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'",
        ),
      ({ rowCount }) => rowCount !== 0,
    );

  it('replaces what an interrupted attempt left, and waits for transactions longer than for a lock', async () => {
    await writer.query('BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE');
    await expect(build({ ...DEFAULT_LIMITS, statement: 500 })).rejects.toThrow('statement timeout');
    expect(await isValid()).toBe(false);

    const built = build({ ...DEFAULT_LIMITS, statement: 60_000 });
    await waits();
    // Longer than the time-out for locks, after which another migration would give up.
    await other.query('SELECT pg_sleep(0.3)');
    await other.query('UPDATE orders SET updated_at = updated_at');
    await writer.query('COMMIT');
    await built;
    expect(await isValid()).toBe(true);
  });
});
