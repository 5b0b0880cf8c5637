import { setTimeout as delay } from 'node:timers/promises';

import { ExplainedError } from '#libs/explained-error';
import { RECONCILIATION_QUEUE } from '#libs/contracts/workflows/reconcile-workflow';
import { TASK_QUEUES } from '#libs/contracts/workflows/order-workflow';
import type { WorkflowVersions } from '#libs/contracts/workflows/workflow-version';
import type { OpenVersion } from '#libs/persistence/runs/run.repository';
import type { TaskType } from '#libs/temporal/task-queue';
import type { Build, DeploymentState, WorkerDeployment } from '#libs/temporal/worker-deployment';

import { buildName, inAll, refusal, sentence, UNVERSIONED } from './deployment-rules.js';

/** What the workers of every build poll. */
const POLLED: readonly (readonly [queue: string, type: TaskType])[] = [
  [TASK_QUEUES.orders, 'workflow'],
  [TASK_QUEUES.orders, 'activity'],
  [TASK_QUEUES.email, 'activity'],
  [RECONCILIATION_QUEUE, 'activity'],
];
/** Milliseconds between two looks for a build's workers. */
const PAUSE = 500;

export class DeploymentRefused extends ExplainedError {
  override readonly name = 'DeploymentRefused';
}

interface OpenVersions {
  openVersions(): Promise<readonly OpenVersion[]>;
}

/** Which build of the workers takes the runs. */
export class Deployment {
  constructor(
    private readonly workers: WorkerDeployment,
    private readonly runs: OpenVersions,
    private readonly say: (line: string) => void,
  ) {}

  /** Null while no versioned worker was seen. */
  async state(): Promise<DeploymentState | null> {
    return this.workers.describe();
  }

  /** Gives a build all runs; where it has them, does nothing. @throws DeploymentRefused */
  async promote(build: Build, wait: number): Promise<void> {
    const before = await this.workers.describe();
    const last = before?.current ?? null;
    if (before !== null && last === build && before.ramping === null) {
      this.say(`${sentence(buildName(build))} is current already.`);
      return;
    }
    await this.check(build, last, wait);
    if (last === build) await this.workers.setRamping(null, 0);
    else await this.workers.setCurrent(build);
    const then =
      last === null
        ? 'Unversioned workers get nothing more: stop them.'
        : `Keep the workers of build ${last} until it is drained.`;
    this.say(`${sentence(buildName(build))} is current. ${last === build ? '' : then}`.trimEnd());
  }

  /** Gives a build a share of the runs. @throws DeploymentRefused */
  async ramp(build: string, percentage: number, wait: number): Promise<void> {
    const before = await this.workers.describe();
    await this.check(build, before?.current ?? null, wait);
    await this.workers.setRamping(build, percentage);
    this.say(`${sentence(buildName(build))} takes ${percentage} % of the orders.`);
  }

  /** Takes the share back. */
  async unramp(): Promise<void> {
    await this.workers.setRamping(null, 0);
    this.say('No build takes a share beside the current one.');
  }

  /** Ends what is to end on a build whose workers will not come back; it is begun again. @throws DeploymentRefused */
  async retire(build: string): Promise<void> {
    const before = await this.workers.describe();
    if (before?.current === build || before?.ramping?.build === build)
      throw new DeploymentRefused(`${sentence(buildName(build))} takes orders. Promote another first.`);
    this.ended(await this.workers.endPinned({ on: build }), buildName(build));
  }

  /** The same for every build but one. */
  async retireOthers(build: string): Promise<void> {
    this.ended(await this.workers.endPinned({ notOn: build }), 'other builds');
  }

  private ended(count: number, of: string): void {
    if (count > 0) this.say(`Short runs of ${of} were ended, and are begun again: ${count}.`);
  }

  /** The task queues that no worker of a build polls. */
  async missingQueues(build: Build): Promise<string[]> {
    const polled = await Promise.all(
      POLLED.map(async ([queue, type]) =>
        (await this.workers.hasWorkers(build, queue, type)) ? [] : [queue],
      ),
    );
    return [...new Set(polled.flat())];
  }

  /** Null where its workers have not published them yet, or there is no unversioned worker, as in a new installation. */
  async versionsOf(build: Build): Promise<WorkflowVersions | null> {
    if (build !== null) return this.workers.publishedBy(build);
    return inAll((await this.workers.ofUnversioned(TASK_QUEUES.orders)).map((known) => known ?? UNVERSIONED));
  }

  private async check(build: Build, current: Build, wait: number): Promise<void> {
    const versions = await this.ready(build, wait);
    const others = await this.versionsOf(current);
    const reason = refusal(
      { build, versions },
      others && { build: current, versions: others },
      await this.runs.openVersions(),
    );
    if (reason !== null) throw new DeploymentRefused(reason);
  }

  /** Waits for a build's workers. @returns what they published @throws DeploymentRefused without them */
  private async ready(build: Build, wait: number): Promise<WorkflowVersions> {
    const deadline = Date.now() + wait;
    for (let isFirst = true; ; isFirst = false) {
      const missing = await this.missingQueues(build);
      const versions = await this.versionsOf(build);
      if (missing.length === 0 && versions) return versions;
      const what =
        missing.length > 0
          ? `no worker polls ${missing.join(', ')}`
          : 'its workers have not published their workflow versions';
      if (Date.now() >= deadline)
        throw new DeploymentRefused(`${sentence(buildName(build))} is not ready: ${what}.`);
      if (isFirst) this.say(`Waiting for ${buildName(build)}: ${what} yet.`);
      await delay(PAUSE);
    }
  }
}
