/**
 * Generates the Prisma client. `prisma generate` insists on a schema engine that it never runs, and would
 * download one: any executable contents it, such as Node's own.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const manifest = require('prisma/package.json');
const command = resolve(dirname(require.resolve('prisma/package.json')), manifest.bin.prisma);

const { status, error } = spawnSync(process.execPath, [command, 'generate', '--no-hints'], {
  cwd: root,
  stdio: 'inherit',
  env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env, CHECKPOINT_DISABLE: '1' },
});
if (error) throw error;
process.exitCode = status ?? 1;
