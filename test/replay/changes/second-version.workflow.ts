import {
  OrderWorkflow as today,
  RefundWorkflow as todaysRefund,
} from '../../../apps/worker/workflows/workflows.js';
import type {
  OrderOutcome,
  OrderWorkflowInput,
  RefundWorkflowInput,
} from '#libs/contracts/workflows/order-workflow';
import { workflowVersionOf } from '#libs/contracts/workflows/workflow-version';
import type { RefundState } from '#libs/domain/refund/refund';

import { OrderWorkflow as after } from './unpatched.workflow.js';

export { PaymentSyncWorkflow, ReconcileWorkflow } from '../../../apps/worker/workflows/workflows.js';

/** The same change in two releases: an order takes the path of the version that it was accepted with. */
export async function OrderWorkflow(input: OrderWorkflowInput): Promise<OrderOutcome> {
  return workflowVersionOf(input.policy) >= 2 ? after(asFirst(input)) : today(input);
}

export async function RefundWorkflow(input: RefundWorkflowInput): Promise<RefundState> {
  return todaysRefund(asFirst(input));
}

/** Today's code knows the first version alone. */
function asFirst<I extends OrderWorkflowInput>(input: I): I {
  return { ...input, policy: { ...input.policy, workflowVersion: 1 } };
}
