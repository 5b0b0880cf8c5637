import type { TestProject } from 'vitest/node';

import { sharedTemporal } from './shared-servers.js';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    temporalExecutable: string;
    /** A folder in which test files take what only one of them may have. */
    leases: string;
  }
}

/** Starts Temporal for a project's tests; stops it at the end. */
export default async function temporalServer(project: TestProject): Promise<() => Promise<void>> {
  const { address, executable, leases, stop } = await sharedTemporal();
  project.provide('temporalAddress', address);
  project.provide('temporalExecutable', executable);
  project.provide('leases', leases);
  return stop;
}
