import { defineConfig } from 'vitest/config';

/** The replay by itself: it needs no server, so it is quick enough for every change. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/replay/replay.test.ts'], testTimeout: 60_000 },
});
