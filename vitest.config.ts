import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

import { LongestFirst } from './test/support/longest-first.js';

const POSTGRES = './test/support/postgres-server.ts';
const TEMPORAL = './test/support/temporal-server.ts';

/** Tests that need the same servers; those of a project are started only when one of its files runs. */
const project = (name: string, include: string[], globalSetup: string[]): TestProjectInlineConfiguration => ({
  extends: true,
  // Unit tests keep nothing in modules, so that one process may load what they share once for all of them.
  test: { name, include, globalSetup, isolate: globalSetup.length > 0 },
});

export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    reporters: ['default', './test/support/closing-line.reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    expect: { poll: { timeout: 10_000, interval: 20 } },
    projects: [
      project('unit', ['{apps,libs,dev,prisma}/**/*.test.ts', 'test/*.test.ts'], []),
      // What runs or compiles a whole program, and needs no server.
      project('programs', ['test/programs/*.test.ts'], []),
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
    ],
  },
});
