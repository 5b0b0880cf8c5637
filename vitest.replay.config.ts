import { defineConfig } from 'vitest/config';

import everything from './vitest.config.js';

/** The replay by itself: it needs no server, so it is quick enough for every change. */
export default defineConfig({
  ...everything,
  test: {
    ...everything.test,
    include: ['test/replay/replay.test.ts'],
    globalSetup: [],
    reporters: ['default'],
  },
});
