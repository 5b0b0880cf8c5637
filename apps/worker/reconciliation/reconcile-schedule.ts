import { randomUUID } from 'node:crypto';

import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';

import { TASK_QUEUES } from '#libs/contracts/workflows/order-workflow';
import {
  RECONCILE_SCHEDULE,
  RECONCILE_SUMMARY,
  RECONCILE_WORKFLOW,
  type ReconcileInput,
  type ReconcileResult,
} from '#libs/contracts/workflows/reconcile-workflow';

/** What happened this recently may still be on its way into the books. Milliseconds. */
export const SETTLE = 600_000;

/** How the ids of runs begin that somebody asked for: what they looked at says nothing of what the schedule's did. */
const BY_HAND = `${RECONCILE_SCHEDULE}-by-hand-`;

/**
 * Sees to it that the books are compared from time to time. Every worker does it when it starts; whether an
 * operator has paused it is left as it is.
 *
 * @param every milliseconds
 */
export async function scheduleReconciliation(client: Client, every: number): Promise<void> {
  const input: ReconcileInput = { settle: SETTLE };
  const schedule = {
    spec: { intervals: [{ every }] },
    action: {
      type: 'startWorkflow',
      workflowType: RECONCILE_WORKFLOW,
      workflowId: RECONCILE_SCHEDULE,
      taskQueue: TASK_QUEUES.orders,
      args: [input],
      staticSummary: RECONCILE_SUMMARY,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
  try {
    await client.schedule.create({ scheduleId: RECONCILE_SCHEDULE, ...schedule });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(RECONCILE_SCHEDULE).update(({ state }) => ({ ...schedule, state }));
  }
}

/**
 * Compares the books once, beside the schedule.
 *
 * @param patience milliseconds until it is given up
 */
export async function reconcileNow(
  client: Client,
  input: ReconcileInput,
  patience: number,
): Promise<ReconcileResult> {
  return client.workflow.execute<(input: ReconcileInput) => Promise<ReconcileResult>>(RECONCILE_WORKFLOW, {
    workflowId: `${BY_HAND}${randomUUID()}`,
    taskQueue: TASK_QUEUES.orders,
    args: [input],
    staticSummary: RECONCILE_SUMMARY,
    workflowExecutionTimeout: patience,
  });
}

/**
 * Up to when the schedule's last complete run has compared, as long as Temporal keeps it. (A schedule does not
 * hand one run's result to the next on every server.)
 */
export async function lastReconciled(client: Client): Promise<number | null> {
  const query = `WorkflowType = '${RECONCILE_WORKFLOW}' AND ExecutionStatus = 'Completed'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    if (workflowId.startsWith(BY_HAND)) continue;
    const { until }: ReconcileResult = await client.workflow.getHandle(workflowId, runId).result();
    return until;
  }
  return null;
}
