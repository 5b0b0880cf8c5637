import { workflowInfo } from '@temporalio/workflow';

/**
 * The options of a workflow that takes seconds: on versioned workers it ends on the build that it began on. Temporal
 * refuses every task of a worker without a version that names a behavior.
 */
export function shortWorkflow() {
  const isVersioned = Boolean(workflowInfo().currentDeploymentVersion?.deploymentName);
  return isVersioned ? { versioningBehavior: 'PINNED' as const } : {};
}
