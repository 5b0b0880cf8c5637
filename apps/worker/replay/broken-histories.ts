import type { History } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type WorkerOptions } from '@temporalio/worker';

/** A history that the code cannot go on with. */
export interface BrokenHistory {
  readonly name: string;
  /** The SDK's message: which event, and what the code did instead. */
  readonly reason: string;
}

export interface NamedHistory {
  readonly workflowId: string;
  readonly history: History;
}

/** Replays histories with the code, as a worker does that takes such runs over. */
export async function brokenHistories(
  workflowBundle: NonNullable<WorkerOptions['workflowBundle']>,
  histories: Iterable<NamedHistory> | AsyncIterable<NamedHistory>,
): Promise<BrokenHistory[]> {
  const broken: BrokenHistory[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    if (error) broken.push({ name: workflowId, reason: essence(error.message) });
  }
  return broken;
}

/** The SDK's sentence, without the dump of how it got here that is wrapped around it. */
function essence(message: string): string {
  return /message: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
}
