import type { WorkerDeploymentVersion } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';

import type { Environment } from '#libs/config/environment';
import { WORKFLOW_VERSIONS } from '#libs/contracts/workflows/workflow-version';
import { identityOf } from '#libs/temporal/worker-identity';

/** Which build of which deployment this worker is; null where workers are not versioned. */
export function workerVersion({
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: buildId,
}: Environment<'deployment'>['deployment']): WorkerDeploymentVersion | null {
  return deploymentName === undefined || buildId === undefined ? null : { deploymentName, buildId };
}

/**
 * The versioning of a worker. A versioned one gets work only once its build is promoted or ramped. Runs go on with the
 * build that is current, since an order outlives deployments; the workflows that are short pin theirs.
 */
export function versioning(
  version: WorkerDeploymentVersion | null,
): Pick<WorkerOptions, 'workerDeploymentOptions' | 'identity'> {
  if (version === null) return { identity: identityOf(WORKFLOW_VERSIONS) };
  return {
    workerDeploymentOptions: {
      version,
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
