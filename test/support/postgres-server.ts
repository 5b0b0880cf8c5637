import type { TestProject } from 'vitest/node';

import { sharedPostgres } from './shared-servers.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a database with all migrations and no rows, to be copied. */
    templateUrl: string;
  }
}

/** Starts PostgreSQL for a project's tests; stops it at the end. */
export default async function postgresServer(project: TestProject): Promise<() => Promise<void>> {
  const { templateUrl, stop } = await sharedPostgres();
  project.provide('templateUrl', templateUrl);
  return stop;
}
