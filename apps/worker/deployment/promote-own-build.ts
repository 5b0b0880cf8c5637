import type { Client } from '@temporalio/client';
import type { WorkerDeploymentVersion } from '@temporalio/common';

import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import { WorkerDeployment } from '#libs/temporal/worker-deployment';

import { repeatUntilDone } from '../repeat-until-done.js';
import { Deployment, DeploymentRefused } from './deployment.js';

/** How long this build's own polls may take to be seen, and until the next try after a failure. Milliseconds. */
const WAIT = 60_000;
const PAUSE = 5_000;

/**
 * Promotes the build of this process, which replaces the workers of the build before, and begins their short runs
 * anew. Repeats it while Temporal or the database is away.
 *
 * @throws DeploymentRefused where this build cannot go on with the open orders
 */
export async function promoteOwnBuild(
  client: Client,
  { deploymentName, buildId }: WorkerDeploymentVersion,
  store: Store,
  logger: Logger,
  stopping: AbortSignal,
): Promise<void> {
  const workers = new WorkerDeployment(client, deploymentName);
  const deployment = new Deployment(workers, store.runs, (line) => logger.info(line));
  await repeatUntilDone(
    async () => {
      await deployment.promote(buildId, WAIT);
      await deployment.retireOthers(buildId);
    },
    {
      pause: PAUSE,
      warning: 'the build could not be promoted yet and will be tried again',
      logger,
      stopping,
      isFinal: (error) => error instanceof DeploymentRefused,
    },
  );
}
