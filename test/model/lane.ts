import fc from 'fast-check';

import { checkInvariants } from '../support/invariants.js';
import { System } from '../support/system.js';
import type { Command } from './command.js';
import { story } from './commands/commands.js';
import { checkFacts } from './facts.js';
import { catalogueOf } from './goods.js';
import { newModel } from './model.js';
import type { LaneSettings } from './model-settings.js';
import { Real } from './real.js';
import { describeRun, howToRepeat } from './report.js';
import type { RulesName } from './rules.js';
import { settle } from './settle.js';

/** What a run may take on a machine that is busy with other things, in milliseconds. */
export const A_RUN = 120_000;

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

/** Runs that are played one after the other, on a system of their own. */
export class Lane {
  private run = 0;
  /** Of the run that is being played, or was last. */
  private model = newModel(0);

  private constructor(
    private readonly settings: LaneSettings,
    private readonly real: Real,
  ) {}

  static async open(settings: LaneSettings): Promise<Lane> {
    return new Lane(settings, new Real(await System.start({ env: IMPATIENT })));
  }

  /** @throws Error telling of the first run that fails */
  async playAll(): Promise<void> {
    const { runs, seed, path } = this.settings;
    process.stderr.write(`model test: ${runs} runs, seed ${seed}\n`);
    const property = fc.asyncProperty(story, ([rules, first, rest]) => this.play(rules, first, rest));
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
    throw failure(result.errorInstance, await describeRun(this.model, this.real), again);
  }

  /** Looks once more at everything that was left behind. @throws Error when something is wrong with it */
  async close(): Promise<void> {
    const again = howToRepeat({ ...this.settings, path: this.settings.path ?? '0' });
    try {
      await this.real.system.checkInvariants();
    } catch (error) {
      throw failure(error, again);
    } finally {
      // Everything that was written meanwhile is searched for customers.
      await this.real.close().catch((error: unknown) => {
        throw failure(error, again);
      });
    }
  }

  private async play(rules: RulesName, first: Command, rest: Iterable<Command>): Promise<void> {
    const { real } = this;
    const model = newModel(++this.run);
    this.model = model;
    if (this.run % 10 === 0)
      process.stderr.write(
        `model test: run ${this.run} of ${this.settings.runs}, seed ${this.settings.seed}\n`,
      );
    model.done.push(`the API takes orders with ${rules}`);
    await real.takeOrdersWith(rules);
    await real.system.store.catalogue.seed(catalogueOf(this.run));
    await fc.asyncModelRun(() => ({ model, real }), [first, ...rest]);
    await settle(model, real);
    await checkInvariants(real.system.databaseUrl);
    await checkFacts(model, real);
  }
}

/** An error with more to say. */
function failure(error: unknown, ...more: readonly string[]): Error {
  return new Error([error instanceof Error ? error.message : String(error), ...more].join('\n'), {
    cause: error,
  });
}
