import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { checkInvariants } from '../support/invariants.js';
import { System } from '../support/system.js';
import type { Command } from './command.js';
import { story } from './commands/commands.js';
import { checkFacts } from './facts.js';
import { catalogueOf } from './goods.js';
import { newModel } from './model.js';
import { modelSettings } from './model-settings.js';
import { Real } from './real.js';
import { describeRun, howToRepeat } from './report.js';
import { settle } from './settle.js';

const { runs, seed, path } = modelSettings();

/** What a run may take on a machine that is busy with other things, in milliseconds. */
const A_RUN = 120_000;

/** What it may take to look into everything that a run has left behind. */
const A_LOOK = 5_000;

/** Little patience, so that steps are parked, deliveries are late and providers time out now and then. */
const IMPATIENT = {
  RETRY_INITIAL: '100ms',
  RETRY_MAX: '500ms',
  RETRY_ATTEMPTS: '3',
  DELIVERY_DEADLINE: '2s',
  RESERVATION_TTL: '10m',
  PROVIDER_TIMEOUT: '1500ms',
  SWEEP_INTERVAL: '1s',
  SHIP_TO: 'GB',
};

describe('whatever happens to orders, and in whatever order', () => {
  let real: Real;
  beforeAll(async () => {
    real = new Real(await System.start({ env: IMPATIENT }));
  });
  afterAll(
    async () => {
      await real.system.checkInvariants();
      await real.close();
      // Everything that was written meanwhile is searched for customers.
    },
    runs * A_LOOK + A_RUN,
  );

  let run = 0;

  async function play(first: Command, rest: Iterable<Command>): Promise<void> {
    const model = newModel(++run);
    if (run % 10 === 0) process.stderr.write(`model test: run ${run} of ${runs}\n`);
    await real.system.store.catalogue.seed(catalogueOf(run));
    try {
      await fc.asyncModelRun(() => ({ model, real }), [first, ...rest]);
      await settle(model, real);
      await checkInvariants(real.system.databaseUrl);
      await checkFacts(model, real);
    } catch (error) {
      throw new Error(
        [error instanceof Error ? error.message : String(error), await describeRun(model, real)].join('\n'),
        { cause: error },
      );
    }
  }

  it(
    `each ends as it may, and money, goods and mails add up (${runs} runs, seed ${seed})`,
    async () => {
      process.stderr.write(`model test: ${runs} runs, seed ${seed}\n`);
      const property = fc.asyncProperty(story, ([first, rest]) => play(first, rest));
      // Trying a smaller story on a real system says little, and takes long.
      const result = await fc.check(property, { numRuns: runs, seed, path, endOnFailure: true });
      if (!result.failed) return;
      const again = howToRepeat({ seed }, result.counterexamplePath ?? '0');
      const { errorInstance: error } = result;
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nTo repeat it: ${again}`);
    },
    runs * A_RUN,
  );
});
