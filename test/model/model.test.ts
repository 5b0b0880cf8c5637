import { afterAll, beforeAll, describe, it } from 'vitest';

import { Census } from './census.js';
import { A_RUN, ALL_AGAIN, ModelShard } from './model-shard.js';
import { shardsFor, modelSettings } from './model-settings.js';

const settings = modelSettings();
const { runs, seed } = settings;

/** The time that most runs need at most, with the checks of the state they leave. Milliseconds. */
const MOST_RUNS = 20_000;
const A_LOOK = 5_000;

describe('any events of orders, in any sequence', () => {
  const shards: ModelShard[] = [];
  beforeAll(async () => {
    shards.push(...(await Promise.all(shardsFor(settings).map((shard) => ModelShard.open(shard)))));
  });
  afterAll(
    async () => {
      const census = new Census();
      for (const shard of shards) census.merge(shard.census);
      process.stderr.write(`${String(census)}\n`);
      await allDone(shards.map((shard) => shard.close()));
    },
    runs * A_LOOK + A_RUN,
  );

  it(
    `each ends as it may, and money, goods and mails add up (${runs} runs, seed ${seed})`,
    async () => allDone(shards.map((shard) => shard.playAll())),
    runs * MOST_RUNS + 2 * A_RUN + ALL_AGAIN,
  );
});

/** Waits for all, so that none is left running behind a failure. @throws Error describing all that failed */
async function allDone(parts: readonly Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(parts)).flatMap((part) =>
    part.status === 'rejected' ? [part.reason] : [],
  );
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new Error(failures.map(String).join('\n'));
}
