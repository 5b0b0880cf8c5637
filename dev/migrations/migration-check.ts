import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../build/project.js';
import { EXEMPT } from './exempt.js';

const FOLDER = join(PROJECT_ROOT, 'prisma/migrations');
/** Squawk (squawkhq.com) parses as PostgreSQL does, and knows what each statement locks and breaks. */
const SQUAWK = createRequire(import.meta.url).resolve('squawk-cli/js/bin/squawk');

/** The files of the migrations since v0.1.0. */
export function checkedMigrations(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !EXEMPT.includes(entry.name))
    .map(({ name }) => join(FOLDER, name, 'migration.sql'));
}

/** @returns what in these files blocks a large table or breaks the version before, one finding a line; empty: nothing */
export function findingsIn(files: readonly string[], reporter: 'gcc' | 'tty' = 'gcc'): string {
  if (files.length === 0) return '';
  const { error, status, stdout, stderr } = spawnSync(
    process.execPath,
    [SQUAWK, '--config', join(PROJECT_ROOT, '.squawk.toml'), '--reporter', reporter, ...files],
    { encoding: 'utf8' },
  );
  if (error) throw error;
  return status === 0 ? '' : stdout + stderr;
}
