import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import type { WorkerDeploymentVersion } from '@temporalio/common';

import { WORKFLOW_VERSIONS } from '#libs/contracts/workflows/workflow-version';
import type { Logger } from '#libs/telemetry/logger';
import { WorkerDeployment } from '#libs/temporal/worker-deployment';

import { repeatUntilDone } from '../repeat-until-done.js';

/** Until Temporal has seen the first poll of this build's workers, and until the next try after a failure. Milliseconds. */
const PAUSES = { unseen: 500, failed: 5_000 };

/**
 * Publishes which workflow versions this build knows, where `npm run deploy` reads it, and repeats it until Temporal has
 * taken it. Returns then, or when `stopping` aborts.
 */
export async function keepPublishing(
  client: Client,
  version: WorkerDeploymentVersion | null,
  logger: Logger,
  stopping: AbortSignal,
): Promise<void> {
  if (version === null) return;
  const deployment = new WorkerDeployment(client, version.deploymentName);
  await repeatUntilDone(
    async () => {
      while (!(await deployment.publish(version.buildId, WORKFLOW_VERSIONS)))
        await delay(PAUSES.unseen, undefined, { signal: stopping });
    },
    {
      pause: PAUSES.failed,
      warning: 'the workflow versions could not be published and will be tried again',
      logger,
      stopping,
    },
  );
}
