import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

import { TestOrder } from './test/support/test-order.js';

const POSTGRES = './test/support/postgres-server.ts';
const TEMPORAL = './test/support/temporal-server.ts';
const PROGRAMS = '{apps,libs,dev,prisma}/**/*.program.test.ts';

/**
 * Tests that need the same servers; those of a project are started only when one of its files runs. One process runs
 * many files, and loads what they share once: a test keeps nothing in modules.
 */
const project = (
  name: string,
  include: string[],
  globalSetup: string[],
  exclude: string[] = [],
): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, include, exclude, globalSetup, isolate: false },
});

export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    reporters: ['default', './test/support/closing-line.reporter.ts'],
    pool: 'forks',
    // No maxWorkers: projects would inherit it, and then the command line could not say otherwise.
    sequence: { sequencer: TestOrder },
    // For machines that are busy: what a test waits for has a deadline of its own.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    expect: { poll: { timeout: 30_000, interval: 50 } },
    projects: [
      project('unit', ['{apps,libs,dev,prisma}/**/*.test.ts', 'test/*.test.ts'], [], [PROGRAMS]),
      // What runs or compiles whole programs, and needs none of those servers.
      project('programs', ['test/programs/*.test.ts', PROGRAMS], []),
      project(
        'integration',
        ['test/integration/**/*.test.ts', 'test/support/invariants.test.ts'],
        [POSTGRES],
      ),
      project(
        'workflow',
        ['test/{workflow,replay}/**/*.test.ts', 'test/support/secrecy.test.ts'],
        [POSTGRES, TEMPORAL],
      ),
      project('e2e', ['test/e2e/**/*.test.ts'], [POSTGRES, TEMPORAL]),
      // What is long by nature: `npm run test:deep`.
      project('deep', ['test/{deep,model}/**/*.test.ts'], [POSTGRES, TEMPORAL]),
      // What takes as long as it is told to: `npm run test:production`.
      project('production', ['test/production/**/*.test.ts'], [POSTGRES, TEMPORAL]),
    ],
  },
});
