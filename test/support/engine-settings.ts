import { z } from 'zod';

/** What `npm run test:production` sets, and which Temporal the tests run against. */
const SETTINGS = z.object({
  /** Temporal's dev server, or its real server on PostgreSQL. */
  TEST_TEMPORAL_ENGINE: z.enum(['dev', 'postgres']).default('dev'),
  /** Milliseconds between two kills of one of the real server's processes. */
  TEST_TEMPORAL_KILLS: z.coerce.number().positive().optional(),
});

export function engineSettings(): { engine: 'dev' | 'postgres'; serviceKills: number | undefined } {
  const { TEST_TEMPORAL_ENGINE, TEST_TEMPORAL_KILLS } = SETTINGS.parse(process.env);
  return { engine: TEST_TEMPORAL_ENGINE, serviceKills: TEST_TEMPORAL_KILLS };
}
