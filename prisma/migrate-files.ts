import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** This runs from `prisma` and from `dist/prisma`, and the SQL is in the former only. */
const FOLDER = existsSync(join(import.meta.dirname, 'schema.prisma'))
  ? import.meta.dirname
  : resolve(import.meta.dirname, '../../prisma');

export const SCHEMA = {
  path: 'prisma/schema.prisma',
  content: readFileSync(join(FOLDER, 'schema.prisma'), 'utf8'),
};

/** The migrations in the order they apply in, as Prisma lays them out. */
export function migrationList(): MigrationList {
  const baseDir = join(FOLDER, 'migrations');
  const names = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: readFileSync(join(baseDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  };
}
