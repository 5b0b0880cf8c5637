import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['{apps,libs,prisma,test}/**/*.test.ts'],
    globalSetup: './test/support/servers.ts',
    reporters: ['default', './test/support/closing-line.reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    expect: { poll: { timeout: 10_000, interval: 20 } },
  },
});
