import type { Client } from '@temporalio/client';

/** How long one question may take, in milliseconds. */
const DEADLINE = 10_000;

/** A version of a worker deployment, as `deployment:build`; the empty string for workers without a version. */
export type WorkerVersion = string;
export const UNVERSIONED: WorkerVersion = '';

/** The tasks of one type in a task queue, and who takes them. */
export interface TaskQueue {
  /** When Temporal was asked: nothing is known of later tasks and pollers. */
  readonly readAt: Date;
  /** How long the oldest task has waited for a worker, in milliseconds. */
  readonly backlogAge: number;
  /** The versions that tasks of runs go to which are not pinned: the current one, and one that is ramped up. */
  readonly targets: readonly WorkerVersion[];
  /** Workers that asked for a task within the last minutes, and when each did last. */
  readonly pollers: readonly Poller[];
}

export interface Poller {
  readonly version: WorkerVersion;
  /** How the worker names itself. */
  readonly identity: string;
  readonly seenAt: Date;
}

/** Temporal's description of a version; absent for workers without one. */
interface Version {
  readonly deploymentName?: string | null;
  readonly buildId?: string | null;
}

/** TaskQueueType, and the versioned WorkerVersioningMode, of Temporal's protocol. */
const TASK_TYPES = { workflow: 1, activity: 2 } as const;
export type TaskType = keyof typeof TASK_TYPES;
const VERSIONED: unknown = 2;

export const versionOf = (version: Version | null | undefined): WorkerVersion =>
  version?.buildId ? `${version.deploymentName ?? ''}:${version.buildId}` : UNVERSIONED;

/** A task queue, as Temporal describes it. */
export async function describeTaskQueue(client: Client, name: string, type: TaskType): Promise<TaskQueue> {
  const { namespace } = client.options;
  const readAt = new Date();
  const described = await client.withDeadline(Date.now() + DEADLINE, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType: TASK_TYPES[type],
      reportStats: true,
    }),
  );
  const { pollers, versioningInfo, stats } = described;
  const isRamping = (versioningInfo?.rampingVersionPercentage ?? 0) > 0;
  return {
    readAt,
    backlogAge: Number(stats?.approximateBacklogAge?.seconds ?? 0) * 1_000,
    targets: [
      versionOf(versioningInfo?.currentDeploymentVersion),
      ...(isRamping ? [versionOf(versioningInfo?.rampingDeploymentVersion)] : []),
    ],
    pollers: (pollers ?? []).map(({ deploymentOptions, identity, lastAccessTime }) => ({
      version:
        deploymentOptions?.workerVersioningMode === VERSIONED ? versionOf(deploymentOptions) : UNVERSIONED,
      identity: identity ?? '',
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
