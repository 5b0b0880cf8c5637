import { knows, WORKFLOW_VERSIONS, workflowVersionOf } from '#libs/contracts/workflows/workflow-version';
import type { OrderPolicy } from '#libs/domain/order/policy';

/**
 * Stops a run whose path this code does not know: its workflow task fails and is repeated until a worker that knows it
 * takes the run over. `npm run deploy` promotes no build that would come to this.
 */
export function requireKnownVersion(policy: OrderPolicy): void {
  const version = workflowVersionOf(policy);
  const { from, to } = WORKFLOW_VERSIONS;
  if (!knows(WORKFLOW_VERSIONS, version))
    throw new Error(`This build knows the workflow versions ${from} to ${to}, and the run has ${version}`);
}

/** Whether one activity validates, reserves and first tries to charge, and two notices are mailed within workflow tasks. */
export const joinsSteps = (policy: OrderPolicy) => workflowVersionOf(policy) >= 2;
