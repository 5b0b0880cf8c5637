import { once } from 'node:events';

import { type PartName, PARTS } from './parts.js';
import type { Step } from './step.js';
import type { Progress, Terminal } from '../terminal/terminal.js';

/**
 * Runs the steps, each as soon as what it needs is there, and writes their lines in order. The first step to fail
 * aborts; an abort leaves at once, with steps that are under way still so, and keeps the others from starting.
 *
 * @throws what the first failing step threw, or the reason of the abort
 */
export async function bringUp(
  steps: readonly Step[],
  terminal: Terminal,
  stopping: AbortController,
): Promise<void> {
  const { signal } = stopping;
  const begun = new Map<PartName, Promise<unknown>>();
  const lines = steps.map(({ part, doing, run }) => {
    const progress: Progress = {};
    const needed = PARTS[part].needs.flatMap((need) => begun.get(need) ?? []);
    const work = Promise.all(needed).then(async () => {
      signal.throwIfAborted();
      const since = performance.now();
      await run(progress);
      progress.took = performance.now() - since;
    });
    work.catch((error: unknown) => stopping.abort(error));
    begun.set(part, work);
    return { doing, work, progress };
  });
  const aborted = once(signal, 'abort').then((): never => {
    throw signal.reason;
  });
  aborted.catch(() => {});
  for (const { doing, work, progress } of lines) {
    signal.throwIfAborted();
    await terminal.step(doing, Promise.race([work, aborted]), progress).catch(() => {});
  }
  signal.throwIfAborted();
}
