import { ActContext } from './act-context.js';
import { ACTS } from './acts.js';
import type { DemoReport } from './demo-report.js';
import type { DemoSystem } from './demo-system.js';
import type { PlacedOrder } from './evidence.js';
import { finalCheck } from './final-check.js';

export interface RunActsOptions {
  /** Numbers, from 1. */
  readonly acts: readonly number[];
  readonly system: DemoSystem;
  readonly report: DemoReport;
  readonly stopping: AbortSignal;
}

/**
 * Runs the acts one after the other, each on a system that is prepared for it, and checks all orders at the end. An act
 * that cannot be run to its end is a claim that does not hold, and the next one is run all the same.
 *
 * @throws the reason of the abort
 */
export async function runActs({ acts, system, report, stopping }: RunActsOptions): Promise<void> {
  const placed: PlacedOrder[] = [];
  for (const number of acts) {
    const act = ACTS[number - 1];
    if (!act) throw new RangeError(`there is no act ${number}`);
    report.heading(`Act ${number}: ${act.title}`, act.about);
    const context = new ActContext({ system, report, act: number, purchase: act.purchase, stopping });
    try {
      await system.prepare(act.rules ?? {}, (text) => report.event(text));
      await act.run(context);
    } catch (error) {
      stopping.throwIfAborted();
      report.claim(
        'The act was run to its end',
        false,
        error instanceof Error ? error.message : String(error),
      );
    }
    placed.push(...context.placed);
  }
  await finalCheck(system, report, placed);
}
