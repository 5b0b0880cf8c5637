import { proxyActivities } from '@temporalio/workflow';

import {
  BOOKS_QUEUE,
  type ReconcileActivities,
  type ReconcileInput,
  type ReconcileResult,
  together,
} from '#libs/contracts/workflows/reconcile-workflow';

import { summarized } from './summaries.js';

/** How far the first run looks back. Milliseconds. */
const AT_FIRST = 24 * 3_600_000;
/** How much of what the last run has seen is looked at again. Milliseconds. */
const OVERLAP = 6 * 3_600_000;

const { compareUnsettled, compareMovements, countFindings, lastReconciled } = summarized(
  proxyActivities<ReconcileActivities>({
    taskQueue: BOOKS_QUEUE,
    startToCloseTimeout: '1h',
    heartbeatTimeout: '5m',
    // Then the schedule's next run takes up the same window.
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '5m', maximumAttempts: 10 },
  }),
);

/** Holds the books against the gateway's: what is not settled here, and whatever moved since the last run. */
export async function ReconcileWorkflow({ since, settle }: ReconcileInput): Promise<ReconcileResult> {
  const until = Date.now() - settle;
  const window = { since: Math.min(since ?? (await afterLastRun(until)), until), until };
  const unsettled = await compareUnsettled(window);
  const moved = await compareMovements(window);
  return { ...window, ...together(unsettled, moved), open: await countFindings() };
}

async function afterLastRun(until: number): Promise<number> {
  const last = await lastReconciled();
  return last === null ? until - AT_FIRST : last - OVERLAP;
}
