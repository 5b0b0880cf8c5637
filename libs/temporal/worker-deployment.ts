import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

import type { WorkflowVersions } from '#libs/contracts/workflows/workflow-version';

import {
  describeTaskQueue,
  type Poller,
  type TaskType,
  timeOf,
  UNVERSIONED,
  versionOf,
} from './task-queue.js';
import { GRPC, grpcCodeOf } from './temporal-failure.js';
import { versionsIn } from './worker-identity.js';

/** How long one call may take, in milliseconds. */
const DEADLINE = 10_000;
/** How long a poll is open, so how long ago a worker that is there may have asked last; and some to spare. Milliseconds. */
const LAST_POLL = 70_000;
/** What Temporal answers about a deployment or a build that it has not seen. */
const UNKNOWN: readonly (number | null)[] = [GRPC.notFound, GRPC.failedPrecondition];

/** A build; null stands for the workers that are not versioned. */
export type Build = string | null;

export interface BuildState {
  readonly buildId: string;
  /** In small letters: `inactive`, `current`, `ramping`, `draining`, `drained`. */
  readonly status: string;
  /** When its workers were first seen. */
  readonly since: Date;
}

export interface DeploymentState {
  readonly current: Build;
  readonly ramping: { readonly build: Build; readonly percentage: number } | null;
  /** The newest first. */
  readonly builds: readonly BuildState[];
}

/** A deployment of versioned workers, as Temporal has it. */
export class WorkerDeployment {
  constructor(
    private readonly client: Client,
    readonly name: string,
  ) {}

  /** Null while none of its workers was ever seen. */
  async describe(): Promise<DeploymentState | null> {
    const answer = await this.found(() =>
      this.service.describeWorkerDeployment({ namespace: this.namespace, deploymentName: this.name }),
    );
    const info = answer?.workerDeploymentInfo;
    if (!info) return null;
    const { currentDeploymentVersion, rampingDeploymentVersion, rampingVersionPercentage } =
      info.routingConfig ?? {};
    const percentage = rampingVersionPercentage ?? 0;
    return {
      current: currentDeploymentVersion?.buildId ?? null,
      ramping: percentage > 0 ? { build: rampingDeploymentVersion?.buildId ?? null, percentage } : null,
      builds: (info.versionSummaries ?? [])
        .map(({ deploymentVersion, status, createTime }) => ({
          buildId: deploymentVersion?.buildId ?? '',
          status: STATUSES[Number(status)] ?? 'unknown',
          since: timeOf(createTime) ?? new Date(0),
        }))
        .sort((one, other) => other.since.getTime() - one.since.getTime()),
    };
  }

  /** What a build's workers published; null before they did. */
  async publishedBy(buildId: string): Promise<WorkflowVersions | null> {
    const answer = await this.found(() =>
      this.service.describeWorkerDeploymentVersion({
        namespace: this.namespace,
        deploymentVersion: { deploymentName: this.name, buildId },
      }),
    );
    const payload = answer?.workerDeploymentVersionInfo?.metadata?.entries?.[PUBLISHED];
    return payload ? defaultPayloadConverter.fromPayload<WorkflowVersions>(payload) : null;
  }

  /** Publishes what a build does about workflow versions. @returns false while Temporal has not seen its workers */
  async publish(buildId: string, versions: WorkflowVersions): Promise<boolean> {
    const answer = await this.found(() =>
      this.service.updateWorkerDeploymentVersionMetadata({
        namespace: this.namespace,
        deploymentVersion: { deploymentName: this.name, buildId },
        upsertEntries: { [PUBLISHED]: defaultPayloadConverter.toPayload(versions) },
        identity: IDENTITY,
      }),
    );
    return answer !== null;
  }

  /** Whether workers of a build have lately polled a task queue. */
  async hasWorkers(build: Build, taskQueue: string, type: TaskType): Promise<boolean> {
    return (await this.workersOf(build, taskQueue, type)).length > 0;
  }

  /**
   * What the unversioned workers that have lately polled a task queue do about workflow versions, each as its name says;
   * null for one of before workers said it.
   */
  async ofUnversioned(taskQueue: string): Promise<(WorkflowVersions | null)[]> {
    return (await this.workersOf(null, taskQueue, 'workflow')).map(({ identity }) => versionsIn(identity));
  }

  private async workersOf(build: Build, taskQueue: string, type: TaskType): Promise<Poller[]> {
    const { pollers } = await describeTaskQueue(this.client, taskQueue, type);
    const wanted = build === null ? UNVERSIONED : this.versionOf(build);
    return pollers.filter(
      ({ version, seenAt }) => version === wanted && seenAt.getTime() > Date.now() - LAST_POLL,
    );
  }

  /** Has a build take all new runs, and the runs that go on with the build that is current. */
  async setCurrent(build: Build): Promise<void> {
    await this.within(() =>
      this.service.setWorkerDeploymentCurrentVersion({
        namespace: this.namespace,
        deploymentName: this.name,
        buildId: build ?? '',
        identity: IDENTITY,
      }),
    );
  }

  /** Has a build take a share of them; a percentage of 0 takes the share back from the build that has one. */
  async setRamping(build: Build, percentage: number): Promise<void> {
    await this.within(() =>
      this.service.setWorkerDeploymentRampingVersion({
        namespace: this.namespace,
        deploymentName: this.name,
        buildId: percentage === 0 ? '' : (build ?? ''),
        percentage,
        identity: IDENTITY,
      }),
    );
  }

  /**
   * Ends the runs that are to end on a build whose workers are gone: all of them are begun again, by the sweeper and by
   * the schedule of reconciliations. @returns how many
   */
  async endPinned(condition: { readonly on: string } | { readonly notOn: string }): Promise<number> {
    const [operator, build] = 'on' in condition ? ['=', condition.on] : ['!=', condition.notOn];
    const query = `ExecutionStatus = "Running" AND TemporalWorkflowVersioningBehavior = "Pinned"
      AND TemporalWorkerDeployment = "${this.name}" AND TemporalWorkerDeploymentVersion ${operator} "${this.versionOf(build)}"`;
    const runs: { readonly workflowId: string; readonly runId: string }[] = [];
    for await (const { workflowId, runId } of this.client.workflow.list({ query }))
      runs.push({ workflowId, runId });
    for (const { workflowId, runId } of runs) {
      const end = () =>
        this.client.workflow.getHandle(workflowId, runId).terminate('the workers of its build are gone');
      await this.within(end).catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
    }
    return runs.length;
  }

  private versionOf(build: string): string {
    return versionOf({ deploymentName: this.name, buildId: build });
  }

  private get service() {
    return this.client.workflowService;
  }

  private get namespace(): string {
    return this.client.options.namespace;
  }

  /** @returns null where Temporal knows no such thing, or not yet */
  private async found<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await this.within(ask);
    } catch (error) {
      if (UNKNOWN.includes(grpcCodeOf(error))) return null;
      throw error;
    }
  }

  private async within<T>(ask: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + DEADLINE, ask);
  }
}

/** The entry of a build's metadata. */
const PUBLISHED = 'workflowVersions';
const IDENTITY = 'order-processing';
/** Temporal's numbers (WorkerDeploymentVersionStatus). */
const STATUSES: Readonly<Record<number, string>> = {
  1: 'inactive',
  2: 'current',
  3: 'ramping',
  4: 'draining',
  5: 'drained',
};
