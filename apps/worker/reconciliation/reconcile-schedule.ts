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
import type { Logger } from '#libs/telemetry/logger';

import { repeatUntilDone } from '../repeat-until-done.js';

/** Younger movements may not be booked yet. Milliseconds. */
const MINIMUM_AGE = 600_000;

/** How long one try to write the schedule may take, and how long until the next. Milliseconds. */
const TRIES = { timeout: 10_000, pause: 10_000 };

/** The prefix of the ids of runs that an operator started: the schedule does not continue from their windows. */
const MANUAL_PREFIX = `${RECONCILE_SCHEDULE}-manual-`;

/**
 * Creates or updates the schedule of reconciliations. Every worker does so when it starts; a schedule that an operator
 * has paused stays paused.
 *
 * @param every milliseconds
 */
export async function scheduleReconciliation(client: Client, every: number): Promise<void> {
  const input: ReconcileInput = { minimumAge: MINIMUM_AGE };
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
 * Schedules the reconciliation, and repeats it until Temporal has taken it: a server that is away or still starting when
 * a worker starts must not leave the books uncompared. Returns when it is scheduled or `stopping` aborts.
 *
 * @param every milliseconds
 */
export async function keepScheduling(
  client: Client,
  every: number,
  logger: Logger,
  stopping: AbortSignal,
  { timeout, pause } = TRIES,
): Promise<void> {
  await repeatUntilDone(
    () => client.withDeadline(Date.now() + timeout, () => scheduleReconciliation(client, every)),
    {
      pause,
      warning: 'the reconciliation could not be scheduled and will be tried again',
      logger,
      stopping,
    },
  );
}

/** Reconciles once, apart from the schedule. @param timeout milliseconds */
export async function reconcileNow(
  client: Client,
  input: ReconcileInput,
  timeout: number,
): Promise<ReconcileResult> {
  return client.workflow.execute<(input: ReconcileInput) => Promise<ReconcileResult>>(RECONCILE_WORKFLOW, {
    workflowId: `${MANUAL_PREFIX}${randomUUID()}`,
    taskQueue: TASK_QUEUES.orders,
    args: [input],
    staticSummary: RECONCILE_SUMMARY,
    workflowExecutionTimeout: timeout,
  });
}

/**
 * The end of the window of the schedule's last complete run, while Temporal retains that run. (Not every server passes
 * one run's result to the schedule's next run.)
 */
export async function findLastReconciled(client: Client): Promise<number | null> {
  const query = `WorkflowType = '${RECONCILE_WORKFLOW}' AND ExecutionStatus = 'Completed'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    if (workflowId.startsWith(MANUAL_PREFIX)) continue;
    const { until }: ReconcileResult = await client.workflow.getHandle(workflowId, runId).result();
    return until;
  }
  return null;
}
