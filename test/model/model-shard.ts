import fc from 'fast-check';

import { checkInvariants } from '../support/invariants.js';
import { Census } from './census.js';
import type { Command } from './command.js';
import { story } from './commands/commands.js';
import { checkFacts } from './facts.js';
import { catalogueOf } from './goods.js';
import { newModel } from './model.js';
import type { ShardSettings } from './model-settings.js';
import { Real } from './real.js';
import { describeRun, howToRepeat, saidOfRepeats } from './report.js';
import { rulesOf } from './rules.js';
import { settle } from './settle.js';

/** The longest time of a run, in milliseconds: a run without an end fails by then. */
export const A_RUN = 300_000;
/** How long a run that failed is played again, in milliseconds; one that has begun by then is played to its end. */
export const ALL_AGAIN = 240_000;

/** Few attempts and short time-outs, so that steps are parked, deliveries late and providers time out at times. */
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
export class ModelShard {
  readonly census = new Census();
  private run = 0;
  /** Of the run that is being played, or was last. */
  private model = newModel(0);

  private constructor(
    private readonly settings: ShardSettings,
    private readonly real: Real,
  ) {}

  static async open(settings: ShardSettings): Promise<ModelShard> {
    return new ModelShard(settings, await Real.start(IMPATIENT));
  }

  /** @throws Error describing the first run that fails, and how likely it fails again */
  async playAll(): Promise<void> {
    const { runs, seed, path, times } = this.settings;
    process.stderr.write(`model test: ${runs} runs, seed ${seed}\n`);
    const first = await this.play();
    const isOne = runs === 1 && path !== undefined;
    if (first === null && !isOne) return;
    const again = first?.path ?? path ?? '0';
    const tries = first === null ? 1 : 0;
    const failures = await playAgain({ ...this.settings, runs: 1, path: again }, times - tries);
    const failed = first ?? failures.find((each) => each !== null) ?? null;
    const said = saidOfRepeats(failures.filter((each) => each !== null).length, failures.length + tries);
    if (failed === null) process.stderr.write(`model test: ${said}\n`);
    else throw failure(failed.error, failed.story, howToRepeat({ seed, path: again }), said);
  }

  /** Plays runs on a system that is not checked afterwards. @returns the first that fails, or null */
  static async playOnce(settings: ShardSettings): Promise<FailedRun | null> {
    const shard = await ModelShard.open(settings);
    try {
      return await shard.play();
    } finally {
      // The run has reported every fault of the state it left.
      await shard.real.close().catch(() => undefined);
    }
  }

  /** Plays the runs. @returns the first that fails, or null */
  private async play(): Promise<FailedRun | null> {
    const { runs, seed, path } = this.settings;
    const property = fc.asyncProperty(story, ([first, rest]) => this.playOne(first, rest));
    const result = await fc.check(property, {
      numRuns: runs,
      seed,
      path,
      // Shrinking on a real system proves little, and takes long.
      endOnFailure: true,
      // A run that hangs has failed like any other.
      plugins: [fc.timeout(A_RUN)],
    });
    if (!result.failed) return null;
    return {
      error: result.errorInstance,
      story: await describeRun(this.model, this.real),
      path: result.counterexamplePath ?? '0',
    };
  }

  /** Checks once more all state that was left behind. @throws Error when it has a fault */
  async close(): Promise<void> {
    const again = howToRepeat({ ...this.settings, path: this.settings.path ?? '0' }, this.settings.runs);
    try {
      await this.real.system.checkInvariants();
    } catch (error) {
      throw failure(error, again);
    } finally {
      // All rows and logs written meanwhile are searched for personal data.
      await this.real.close().catch((error: unknown) => {
        throw failure(error, again);
      });
    }
  }

  private async playOne(first: Command, rest: Iterable<Command>): Promise<void> {
    const { real } = this;
    const rules = rulesOf(this.settings.seed);
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
    await this.census.add(model, real);
    await checkInvariants(real.system.databaseUrl);
    await checkFacts(model, real);
  }
}

/** A run that failed, with its evidence. */
interface FailedRun {
  readonly error: unknown;
  readonly story: string;
  /** Which of the seed's runs it is. */
  readonly path: string;
}

/** Plays a run some times more, while there is time, each time on a new system. */
async function playAgain(settings: ShardSettings, times: number): Promise<(FailedRun | null)[]> {
  const results: (FailedRun | null)[] = [];
  for (const end = Date.now() + ALL_AGAIN; results.length < times && Date.now() < end;)
    results.push(await ModelShard.playOnce(settings));
  return results;
}

/** An error with further details. */
function failure(error: unknown, ...more: readonly string[]): Error {
  return new Error([error instanceof Error ? error.message : String(error), ...more].join('\n'), {
    cause: error,
  });
}
