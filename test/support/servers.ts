import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { runChild } from '../../apps/local/child.js';
import { guardFolder } from '../../apps/local/guarded.js';
import { startPostgres } from '../../apps/local/postgres.js';
import { startTemporal } from '../../apps/local/temporal.js';
import { findTemporal } from '../../apps/local/temporal-executable.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a database with all migrations and no rows, to be copied. */
    templateUrl: string;
    temporalAddress: string;
    temporalExecutable: string;
    /** A folder in which test files take what only one of them may have. */
    leases: string;
  }
}

/** One for each test file that needs Temporal: runs of one file must never reach the workers of another. */
export const NAMESPACES = Array.from({ length: 64 }, (_, index) => `test-${index + 1}`);

/** Starts what all tests share, real PostgreSQL and real Temporal, on free ports; stops it at the end. */
export default async function servers(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const leases = mkdtempSync(join(tmpdir(), 'order-processing-tests-'));
  guardFolder(leases);
  const temporalExecutable = await findTemporal(say);
  const postgres = await startPostgres({ database: 'template_orders' });
  const temporal = await startTemporal({
    executable: temporalExecutable,
    namespaces: NAMESPACES,
    isBrief: true,
  });
  await runChild({
    name: 'migrations',
    command: process.execPath,
    args: ['dist/prisma/migrate.js'],
    env: { ...process.env, DATABASE_URL: postgres.url },
  });
  project.provide('templateUrl', postgres.url);
  project.provide('temporalAddress', temporal.address);
  project.provide('temporalExecutable', temporalExecutable);
  project.provide('leases', leases);
  return async () => {
    await temporal.stop();
    await postgres.stop();
    rmSync(leases, { recursive: true, force: true });
  };
}
