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
import type { RulesName } from './rules.js';
import { settle } from './settle.js';

const settings = modelSettings();
const { runs, seed, path } = settings;

/** What a run may take on a machine that is busy with other things, in milliseconds, and what most take at most. */
const A_RUN = 120_000;
const MOST_RUNS = 20_000;

/** What it may take to look into everything that a run has left behind. */
const A_LOOK = 5_000;

/** Little patience, so that steps are parked, deliveries are late and providers time out now and then. */
const IMPATIENT = {
  RETRY_INITIAL: '100ms',
  RETRY_MAX: '500ms',
  RETRY_ATTEMPTS: '3',
  DELIVERY_DEADLINE: '2s',
  PAYMENT_WINDOW: '2s',
  DECLINE_WINDOW: '1500ms',
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
      try {
        await real.system.checkInvariants();
      } catch (error) {
        throw failure(error, howToRepeat(settings));
      } finally {
        // Everything that was written meanwhile is searched for customers.
        await real.close().catch((error: unknown) => {
          throw failure(error, howToRepeat(settings));
        });
      }
    },
    runs * A_LOOK + A_RUN,
  );

  let run = 0;
  /** Of the run that is being played, or was last. */
  let model = newModel(run);

  async function play(rules: RulesName, first: Command, rest: Iterable<Command>): Promise<void> {
    model = newModel(++run);
    if (run % 10 === 0) process.stderr.write(`model test: run ${run} of ${runs}\n`);
    model.done.push(`the API takes orders with ${rules}`);
    await real.takeOrdersWith(rules);
    await real.system.store.catalogue.seed(catalogueOf(run));
    await fc.asyncModelRun(() => ({ model, real }), [first, ...rest]);
    await settle(model, real);
    await checkInvariants(real.system.databaseUrl);
    await checkFacts(model, real);
  }

  it(
    `each ends as it may, and money, goods and mails add up (${runs} runs, seed ${seed})`,
    async () => {
      process.stderr.write(`model test: ${runs} runs, seed ${seed}\n`);
      const property = fc.asyncProperty(story, ([rules, first, rest]) => play(rules, first, rest));
      const result = await fc.check(property, {
        numRuns: runs,
        seed,
        path,
        // Trying a smaller story on a real system says little, and takes long.
        endOnFailure: true,
        // A run that hangs has failed like any other.
        plugins: [fc.timeout(A_RUN)],
      });
      if (!result.failed) return;
      const again = howToRepeat({ runs: 1, seed, path: result.counterexamplePath ?? '0' });
      throw failure(result.errorInstance, await describeRun(model, real), again);
    },
    runs * MOST_RUNS + 2 * A_RUN,
  );
});

/** An error with more to say. */
function failure(error: unknown, ...more: readonly string[]): Error {
  return new Error([error instanceof Error ? error.message : String(error), ...more].join('\n'), {
    cause: error,
  });
}
