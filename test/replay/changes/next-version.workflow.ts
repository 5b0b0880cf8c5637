import {
  OrderWorkflow as today,
  RefundWorkflow as todaysRefund,
} from '../../../apps/worker/workflows/workflows.js';
import type {
  OrderOutcome,
  OrderWorkflowInput,
  RefundWorkflowInput,
} from '#libs/contracts/workflows/order-workflow';
import { knows, WORKFLOW_VERSIONS, workflowVersionOf } from '#libs/contracts/workflows/workflow-version';
import type { RefundState } from '#libs/domain/refund/refund';

import { OrderWorkflow as after } from './unpatched.workflow.js';

export { PaymentSyncWorkflow, ReconcileWorkflow } from '../../../apps/worker/workflows/workflows.js';

/** The same change in two releases: an order takes the path of the version that it was accepted with. */
export async function OrderWorkflow(input: OrderWorkflowInput): Promise<OrderOutcome> {
  return isKnown(input) ? today(input) : after(asLast(input));
}

export async function RefundWorkflow(input: RefundWorkflowInput): Promise<RefundState> {
  return todaysRefund(isKnown(input) ? input : asLast(input));
}

/** Whether today's code knows the version; it does not know the next one. */
const isKnown = ({ policy }: OrderWorkflowInput) => knows(WORKFLOW_VERSIONS, workflowVersionOf(policy));

function asLast<I extends OrderWorkflowInput>(input: I): I {
  return { ...input, policy: { ...input.policy, workflowVersion: WORKFLOW_VERSIONS.to } };
}
