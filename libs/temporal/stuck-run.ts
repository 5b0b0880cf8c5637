import type { RunStuckCause } from '#libs/domain/order/attention';

import type { TaskQueue, WorkerVersion } from './task-queue.js';

/** A workflow task that no worker has completed yet. */
export interface OpenTask {
  /** From 1: those before failed or timed out. */
  readonly attempt: number;
  /** Since when it waits for a worker; null while a worker has it. */
  readonly waitsSince: Date | null;
}

/** What Temporal knows of a run that may be stuck. */
export interface RunTask {
  readonly task: OpenTask | null;
  /** The version that alone may take its tasks; null where the queue decides. */
  readonly pinnedTo: WorkerVersion | null;
}

/** After so many attempts a workflow task keeps failing. A worker that dies with a task costs one, at most two. */
const FAILING_ATTEMPTS = 3;
/**
 * How long a task may wait until that is because no worker takes it. Milliseconds. Longer than the only worker takes to
 * start again on a busy machine; with LOST_RUN_INTERVAL less than a minute.
 */
export const WAITS_TOO_LONG = 25_000;

/**
 * Why a run does not go on; null where it does, or soon will.
 *
 * A worker that asks for tasks gets one that waits at once. So where none of its version has asked since, no worker of
 * that version is there; where one has, all of them are busy. Only what was so when the queue was read counts, however
 * much later the run was described.
 *
 * @param waitsTooLong milliseconds
 * @param isListed whether Temporal lists it among the runs with problems
 */
export function stuckBecause(
  { task, pinnedTo }: RunTask,
  { targets, pollers, readAt }: Pick<TaskQueue, 'targets' | 'pollers' | 'readAt'>,
  waitsTooLong: number,
  isListed = false,
): RunStuckCause | null {
  if (task === null) return null;
  if (task.attempt >= FAILING_ATTEMPTS || (isListed && task.attempt > 1)) return 'workflow_task_failing';
  const { waitsSince } = task;
  if (waitsSince === null || readAt.getTime() - waitsSince.getTime() < waitsTooLong) return null;
  const isServed = (wanted: WorkerVersion) =>
    pollers.some(({ version, seenAt }) => version === wanted && seenAt >= waitsSince);
  return (pinnedTo === null ? targets : [pinnedTo]).every(isServed) ? null : 'no_worker_for_version';
}
