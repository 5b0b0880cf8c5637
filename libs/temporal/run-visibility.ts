import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';

import {
  ORDER_WORKFLOW,
  orderWorkflowId,
  REFUND_WORKFLOW,
  TASK_QUEUES,
} from '#libs/contracts/workflows/order-workflow';
import { isOrderId, type OrderId } from '#libs/domain/order/order-id';

import { describeTaskQueue, type TaskQueue, timeOf, versionOf, type WorkerVersion } from './task-queue.js';
import type { OpenTask, RunTask } from './stuck-run.js';
import { GRPC, grpcCodeOf } from './temporal-failure.js';

/** How long one question may take, in milliseconds. */
const DEADLINE = 10_000;
/** How many ids one question names. */
const IDS = 200;

/** A run that closed before its order ended. */
export type LostRun =
  | { readonly of: 'order'; readonly orderId: OrderId; readonly closedAt: Date }
  | { readonly of: 'refund'; readonly refundId: string; readonly closedAt: Date };

/** The run of an order that has not ended. */
export interface RunningRun {
  readonly orderId: OrderId;
  readonly runId: string;
}

/** Temporal's description of an order's latest run. */
export interface RunDescription extends RunTask {
  readonly runId: string;
  /** Which of the order's runs it is, from 1. */
  readonly run: number;
  /** In small letters: `running`, `terminated`, … */
  readonly status: string;
}

/** Temporal's lists and descriptions of runs. A list may be seconds behind a description. */
export class RunVisibility {
  constructor(private readonly client: Client) {}

  /** Runs that failed, timed out, were terminated or cancelled since, the newest first; a page at a time. */
  async *closedSince(since: Date): AsyncGenerator<LostRun[]> {
    const query = `WorkflowType IN ("${ORDER_WORKFLOW}", "${REFUND_WORKFLOW}")
      AND ExecutionStatus IN ("Failed", "TimedOut", "Terminated", "Canceled") AND CloseTime >= "${since.toISOString()}"`;
    yield* this.pages(query, ({ workflowId, closeTime }) => lostRun(workflowId, closeTime ?? new Date()));
  }

  /** Which of these orders have a run. */
  async running(ids: readonly OrderId[]): Promise<ReadonlySet<OrderId>> {
    const found = new Set<OrderId>();
    for (let from = 0; from < ids.length; from += IDS) {
      const names = ids.slice(from, from + IDS).map((id) => `"${orderWorkflowId(id)}"`);
      const query = `WorkflowId IN (${names.join(', ')}) AND ExecutionStatus = "Running"`;
      for (const id of await this.list(query, IDS)) found.add(id);
    }
    return found;
  }

  /** Every run of an order that has not ended, a page at a time. */
  async *allRunning(): AsyncGenerator<RunningRun[]> {
    const query = `WorkflowType = "${ORDER_WORKFLOW}" AND ExecutionStatus = "Running"`;
    yield* this.pages(query, ({ workflowId, runId }) =>
      orderOf(workflowId).map((orderId) => ({ orderId, runId })),
    );
  }

  /** Orders whose run fails its workflow task again and again; null where this Temporal (before 1.30) lists none. */
  async failing(limit: number): Promise<OrderId[] | null> {
    const query = `WorkflowType = "${ORDER_WORKFLOW}" AND ExecutionStatus = "Running"
      AND TemporalReportedProblems IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")`;
    try {
      return await this.list(query, limit);
    } catch (error) {
      if (grpcCodeOf(error) === GRPC.invalidArgument) return null;
      throw error;
    }
  }

  /** The latest run of an order; null where there is none, or none any more. */
  async describe(orderId: OrderId): Promise<RunDescription | null> {
    try {
      const { runId, status, memo, raw } = await this.within(() =>
        this.client.workflow.getHandle(orderWorkflowId(orderId)).describe(),
      );
      const run = memo?.[RUN_MEMO];
      return {
        runId,
        run: typeof run === 'number' ? run : 1,
        status: status.name.toLowerCase(),
        task: openTask(raw.pendingWorkflowTask),
        pinnedTo: pinnedTo(raw.workflowExecutionInfo?.versioningInfo),
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  /** The workers that take the tasks of orders, and how long tasks wait for them. */
  async queue(): Promise<TaskQueue> {
    return describeTaskQueue(this.client, TASK_QUEUES.orders, 'workflow');
  }

  /** What is read from each listed run, in pages; each answer of Temporal has its own deadline. */
  private async *pages<T>(query: string, read: (run: WorkflowExecutionInfo) => T[]): AsyncGenerator<T[]> {
    const runs = this.client.workflow.list({ query, pageSize: IDS })[Symbol.asyncIterator]();
    let page: T[] = [];
    for (let next = await this.within(() => runs.next()); !next.done;) {
      page.push(...read(next.value));
      next = await this.within(() => runs.next());
      if (page.length < IDS && !next.done) continue;
      yield page;
      page = [];
    }
  }

  private async list(query: string, limit: number): Promise<OrderId[]> {
    return this.within(async () => {
      const ids: OrderId[] = [];
      for await (const { workflowId } of this.client.workflow.list({ query, pageSize: limit })) {
        ids.push(...orderOf(workflowId));
        if (ids.length >= limit) break;
      }
      return ids;
    });
  }

  private async within<T>(ask: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + DEADLINE, ask);
  }
}

/** The memo with a run's number among its order's runs, where it is not the first. */
export const RUN_MEMO = 'run';

const ORDER_PREFIX = 'order-';
const REFUND_PREFIX = 'refund-';
const UUID = /^[0-9a-f-]{36}$/;

function orderOf(workflowId: string): OrderId[] {
  const id = workflowId.slice(ORDER_PREFIX.length);
  return workflowId.startsWith(ORDER_PREFIX) && isOrderId(id) ? [id] : [];
}

function lostRun(workflowId: string, closedAt: Date): LostRun[] {
  const refundId = workflowId.slice(REFUND_PREFIX.length);
  if (workflowId.startsWith(REFUND_PREFIX) && UUID.test(refundId))
    return [{ of: 'refund', refundId, closedAt }];
  return orderOf(workflowId).map((orderId) => ({ of: 'order', orderId, closedAt }));
}

type Description = WorkflowExecutionDescription['raw'];

function openTask(task: Description['pendingWorkflowTask']): OpenTask | null {
  if (!task) return null;
  const isStarted = timeOf(task.startedTime) !== null;
  return { attempt: task.attempt ?? 1, waitsSince: isStarted ? null : timeOf(task.scheduledTime) };
}

type Versioning = NonNullable<Description['workflowExecutionInfo']>['versioningInfo'];

/** VERSIONING_BEHAVIOR_PINNED of Temporal's protocol. */
const PINNED: unknown = 1;

function pinnedTo(versioning: Versioning): WorkerVersion | null {
  const override = versioning?.versioningOverride;
  if (override?.pinned) return versionOf(override.pinned.version);
  if (override?.autoUpgrade) return null;
  return versioning?.behavior === PINNED ? versionOf(versioning?.deploymentVersion) : null;
}
