import { readdirSync } from 'node:fs';

import pg from 'pg';
import { afterEach, expect, it } from 'vitest';

import { startPostgres } from '../../dev/stack/postgres/postgres.js';
import { MigrationEngine } from '../../prisma/migrate-engine.js';
import { migrationList } from '../../prisma/migrate-files.js';
import { versionFault } from '../../prisma/server-version.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The real migrations and one more behind them. */
function listWith(name: string, sql: string): ReturnType<typeof migrationList> {
  const list = migrationList();
  const file = { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } };
  return {
    ...list,
    migrationDirectories: [...list.migrationDirectories, { path: name, migrationFile: file }],
  };
}

it.each(['18.0', '18.4', '19beta1'])('PostgreSQL %s is new enough', (version) => {
  expect(versionFault(version)).toBeUndefined();
});

it.each(['9.6.24', '15.18', '17.6'])('PostgreSQL %s is refused in a sentence', (version) => {
  expect(versionFault(version)).toContain(`the server of DATABASE_URL is PostgreSQL ${version}: nothing`);
});

it('a failed migration leaves nothing behind, says how to continue, and that works', async () => {
  const postgres = await startPostgres();
  ends.push(() => postgres.stop());
  const engine = await MigrationEngine.open(postgres.url);
  const list = listWith('20991231000000_half', 'CREATE TABLE half (id int); SELECT nonsense FROM half;');
  const failure = engine.apply(list);
  await expect(failure).rejects.toThrow(/20991231000000_half failed and is rolled back/);
  await expect(failure).rejects.toThrow(/nonsense/);
  await expect(failure).rejects.toThrow('npm run migrate -- --rolled-back 20991231000000_half');
  // Retried without that, it prints the same instead of Prisma's P3009 alone.
  await expect(engine.apply(list)).rejects.toThrow('npm run migrate -- --rolled-back 20991231000000_half');
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  ends.push(() => client.end());
  const there = await client.query(`SELECT to_regclass('half') AS half, to_regclass('orders') AS orders`);
  expect(there.rows).toEqual([{ half: null, orders: 'orders' }]);

  await engine.resolve({ name: '20991231000000_half', as: 'rolled-back' });
  expect(await engine.apply(listWith('20991231000000_half', 'CREATE TABLE half (id int);'))).toEqual([
    '20991231000000_half',
  ]);
});

it('no migration ends its transaction, so that one that fails is rolled back whole', () => {
  const texts = migrationList().migrationDirectories.map(({ migrationFile }) => migrationFile.content);
  expect(texts).toHaveLength(readdirSync('prisma/migrations').length - 1);
  for (const content of texts)
    expect(content).not.toMatchObject({ value: expect.stringMatching(/^\s*(COMMIT|BEGIN|ROLLBACK)\s*;/im) });
});
