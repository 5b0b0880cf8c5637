import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { migrationList } from '../../prisma/migrate-files.js';
import { EXEMPT } from './exempt.js';
import { checkedMigrations, findingsIn } from './migration-check.js';

describe('the check of migrations', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'order-processing-migrations-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The names of the rules that a migration breaks. */
  function rulesBrokenBy(sql: string): string[] {
    const file = join(folder, 'migration.sql');
    writeFileSync(file, `${sql}\n`);
    return [...findingsIn([file]).matchAll(/ (?:warning|error): ([\w-]+) /g)].map(([, rule = '']) => rule);
  }

  it.each([
    [
      'blocks writes while an index is built',
      'CREATE INDEX i ON orders (number)',
      'require-concurrent-index-creation',
    ],
    ['blocks reads while an index is dropped', 'DROP INDEX i', 'require-concurrent-index-deletion'],
    [
      'reads a table under a lock: a check',
      'ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0)',
      'constraint-missing-not-valid',
    ],
    [
      'reads a table under a lock: a reference',
      'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (id)',
      'adding-foreign-key-constraint',
    ],
    [
      'reads a table under a lock: NOT NULL',
      'ALTER TABLE orders ALTER COLUMN a SET NOT NULL',
      'adding-not-nullable-field',
    ],
    [
      'builds an index under a lock',
      'ALTER TABLE orders ADD CONSTRAINT u UNIQUE (a)',
      'disallowed-unique-constraint',
    ],
    ['rewrites a table', 'ALTER TABLE orders ALTER COLUMN a TYPE bigint', 'changing-column-type'],
    [
      'rewrites a table by a default',
      'ALTER TABLE orders ADD COLUMN a timestamptz DEFAULT clock_timestamp()',
      'adding-field-with-default',
    ],
    [
      'has the version before fail to insert',
      'ALTER TABLE orders ADD COLUMN a text NOT NULL',
      'adding-required-field',
    ],
    ['takes a column that the version before reads', 'ALTER TABLE orders DROP COLUMN a', 'ban-drop-column'],
    ['renames a column', 'ALTER TABLE orders RENAME COLUMN a TO b', 'renaming-column'],
    ['takes a table', 'DROP TABLE orders', 'ban-drop-table'],
    ['renames a table', 'ALTER TABLE orders RENAME TO carts', 'renaming-table'],
    [
      'has an index built by a transaction that cannot',
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (number); ALTER TABLE orders ADD COLUMN a text',
      'ban-concurrent-index-creation-in-transaction',
    ],
  ])('refuses what %s', (_, sql, rule) => {
    expect(rulesBrokenBy(`${sql};`)).toContain(rule);
  });

  it.each([
    [
      'a column that may be empty, or has a constant',
      "ALTER TABLE orders ADD COLUMN a text, ADD COLUMN b text NOT NULL DEFAULT 'x'",
    ],
    [
      'a table with its indexes',
      'CREATE TABLE parcel_note (id uuid PRIMARY KEY, at timestamptz NOT NULL); CREATE INDEX i ON parcel_note (at)',
    ],
    [
      'an index that is built beside the writes',
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (number)',
    ],
    ['a check that applies from now on', 'ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT VALID'],
    ['a check of the rows there are, in a migration of its own', 'ALTER TABLE orders VALIDATE CONSTRAINT c'],
    [
      'a column that no release reads any more, with the reason',
      '-- Not read since v0.3.0.\n-- squawk-ignore ban-drop-column\nALTER TABLE orders DROP COLUMN a',
    ],
  ])('accepts %s', (_, sql) => {
    expect(rulesBrokenBy(`${sql};`)).toEqual([]);
  });

  it('covers every migration since v0.1.0', () => {
    const all = migrationList().migrationDirectories.length;
    expect(checkedMigrations()).toHaveLength(all - EXEMPT.length);
    expect(findingsIn(checkedMigrations())).toBe('');
  });
});
