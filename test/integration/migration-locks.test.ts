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
