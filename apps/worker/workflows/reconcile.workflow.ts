import { proxyActivities, setWorkflowOptions } from '@temporalio/workflow';

import {
  RECONCILIATION_QUEUE,
  type ReconcileActivities,
  type ReconcileInput,
  type ReconcileResult,
  sumCompared,
} from '#libs/contracts/workflows/reconcile-workflow';

import { shortWorkflow } from './short-workflow.js';
import { summarized } from './summaries.js';

/** How far the first run looks back. Milliseconds. */
const FIRST_LOOKBACK = 24 * 3_600_000;
/** How much of the last run's window is compared again. Milliseconds. */
const OVERLAP = 6 * 3_600_000;

const { compareUnsettled, compareMovements, countDiscrepancies, findLastReconciled } = summarized(
  proxyActivities<ReconcileActivities>({
    taskQueue: RECONCILIATION_QUEUE,
    startToCloseTimeout: '1h',
    heartbeatTimeout: '5m',
    // After the last attempt the schedule's next run compares the same window.
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '5m', maximumAttempts: 10 },
  }),
);

/** Compares our ledger with the payment provider's records: unsettled orders, and all that moved since the last run. */
export async function ReconcileWorkflow({ since, minimumAge }: ReconcileInput): Promise<ReconcileResult> {
  const until = Date.now() - minimumAge;
  const window = { since: Math.min(since ?? (await afterLastRun(until)), until), until };
  const unsettled = await compareUnsettled(window);
  const movements = await compareMovements(window);
  return { ...window, ...sumCompared(unsettled, movements), open: await countDiscrepancies() };
}

setWorkflowOptions(shortWorkflow, ReconcileWorkflow);

async function afterLastRun(until: number): Promise<number> {
  const last = await findLastReconciled();
  return last === null ? until - FIRST_LOOKBACK : last - OVERLAP;
}
