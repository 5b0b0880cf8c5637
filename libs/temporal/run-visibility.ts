import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';

import { ORDER_WORKFLOW, orderWorkflowId, REFUND_WORKFLOW } from '#libs/contracts/workflows/order-workflow';
import { isOrderId, type OrderId } from '#libs/domain/order/order-id';

import { describeOrderQueue, type OrderQueue, timeOf, versionOf, type WorkerVersion } from './order-queue.js';
import type { OpenTask, RunTask } from './stuck-run.js';

/** How long one question may take, in milliseconds. */
const DEADLINE = 10_000;
/** How many ids one question names. */
const IDS = 200;
/** gRPC's INVALID_ARGUMENT (grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const INVALID_ARGUMENT = 3;

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
    const runs = this.client.workflow.list({ query, pageSize: IDS })[Symbol.asyncIterator]();
    let page: LostRun[] = [];
    for (let next = await this.within(() => runs.next()); !next.done;) {
      page.push(...lostRun(next.value.workflowId, next.value.closeTime ?? new Date()));
      next = await this.within(() => runs.next());
      if (page.length < IDS && !next.done) continue;
      yield page;
      page = [];
    }
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
    const runs = this.client.workflow.list({ query, pageSize: IDS })[Symbol.asyncIterator]();
    let page: RunningRun[] = [];
    for (let next = await this.within(() => runs.next()); !next.done;) {
      const { workflowId, runId } = next.value;
      page.push(...orderOf(workflowId).map((orderId) => ({ orderId, runId })));
      next = await this.within(() => runs.next());
      if (page.length < IDS && !next.done) continue;
      yield page;
      page = [];
    }
  }

  /** Orders whose run fails its workflow task again and again; null where this Temporal (before 1.30) lists none. */
  async failing(limit: number): Promise<OrderId[] | null> {
    const query = `WorkflowType = "${ORDER_WORKFLOW}" AND ExecutionStatus = "Running"
      AND TemporalReportedProblems IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")`;
    try {
      return await this.list(query, limit);
    } catch (error) {
      const cause = error instanceof ServiceError ? error.cause : error;
      const code: number | null = isGrpcServiceError(cause) ? cause.code : null;
      if (code === INVALID_ARGUMENT) return null;
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
  async queue(): Promise<OrderQueue> {
    return describeOrderQueue(this.client);
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
