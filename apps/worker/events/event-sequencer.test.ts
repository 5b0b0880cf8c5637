import { afterEach, expect, it } from 'vitest';

import { createLogger } from '#libs/telemetry/logger';

import { EventSequencer } from './event-sequencer.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Runs over answers of the database, the last of which is repeated. @returns how often it asked */
function sequencing(answers: readonly (number | Error)[], pauses = { idle: 1, failed: 1 }) {
  let asked = 0;
  const sequencer = new EventSequencer(
    {
      sequence: async (limit) => {
        const answer = answers[Math.min(asked++, answers.length - 1)] ?? 0;
        if (answer instanceof Error) throw answer;
        return { events: Math.min(answer, limit), deliveries: 0 };
      },
    },
    createLogger('test', 'silent'),
    undefined,
    pauses,
  );
  sequencer.start();
  ends.push(() => sequencer.stop());
  return () => asked;
}

it('goes on at once while batches are full, and then pauses', async () => {
  const asked = sequencing([10_000, 10_000, 3], { idle: 3_600_000, failed: 3_600_000 });
  await expect.poll(asked).toBe(3);
});

it('looks again after a pause, also after a failure', async () => {
  const asked = sequencing([0, new Error('the database is away'), 0]);
  await expect.poll(asked).toBeGreaterThan(4);
});

it('stops within its pause', async () => {
  sequencing([0], { idle: 3_600_000, failed: 3_600_000 });
});
