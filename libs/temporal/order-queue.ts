import type { Client } from '@temporalio/client';

import { TASK_QUEUES } from '#libs/contracts/workflows/order-workflow';

/** How long one question may take, in milliseconds. */
const DEADLINE = 10_000;

/** A version of a worker deployment, as `deployment:build`; the empty string for workers without a version. */
export type WorkerVersion = string;
export const UNVERSIONED: WorkerVersion = '';

/** Who takes the workflow tasks of orders from Temporal. */
export interface OrderQueue {
  /** How long the oldest task has waited for a worker, in milliseconds. */
  readonly backlogAge: number;
  /** The versions that tasks of runs go to which are not pinned: the current one, and one that is ramped up. */
  readonly targets: readonly WorkerVersion[];
  /** Workers that asked for a task within the last minutes, and when each did last. */
  readonly pollers: readonly { readonly version: WorkerVersion; readonly seenAt: Date }[];
}

/** Temporal's description of a version; absent for workers without one. */
interface Version {
  readonly deploymentName?: string | null;
  readonly buildId?: string | null;
}

/** WORKER_VERSIONING_MODE_VERSIONED and TASK_QUEUE_TYPE_WORKFLOW of Temporal's protocol. */
const VERSIONED: unknown = 2;
const WORKFLOW_TASKS = 1;

export const versionOf = (version: Version | null | undefined): WorkerVersion =>
  version?.buildId ? `${version.deploymentName ?? ''}:${version.buildId}` : UNVERSIONED;

/** The task queue of orders, as Temporal describes it. */
export async function describeOrderQueue(client: Client): Promise<OrderQueue> {
  const { namespace } = client.options;
  const described = await client.withDeadline(Date.now() + DEADLINE, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: TASK_QUEUES.orders },
      taskQueueType: WORKFLOW_TASKS,
      reportStats: true,
    }),
  );
  const { pollers, versioningInfo, stats } = described;
  const isRamping = (versioningInfo?.rampingVersionPercentage ?? 0) > 0;
  return {
    backlogAge: Number(stats?.approximateBacklogAge?.seconds ?? 0) * 1_000,
    targets: [
      versionOf(versioningInfo?.currentDeploymentVersion),
      ...(isRamping ? [versionOf(versioningInfo?.rampingDeploymentVersion)] : []),
    ],
    pollers: (pollers ?? []).map(({ deploymentOptions, lastAccessTime }) => ({
      version:
        deploymentOptions?.workerVersioningMode === VERSIONED ? versionOf(deploymentOptions) : UNVERSIONED,
      seenAt: timeOf(lastAccessTime) ?? new Date(0),
    })),
  };
}

interface Timestamp {
  readonly seconds?: { toNumber(): number } | null;
  readonly nanos?: number | null;
}

export function timeOf(timestamp: Timestamp | null | undefined): Date | null {
  if (!timestamp?.seconds) return null;
  return new Date(timestamp.seconds.toNumber() * 1_000 + (timestamp.nanos ?? 0) / 1e6);
}
