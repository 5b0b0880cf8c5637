import { patched } from '@temporalio/workflow';

import { OrderWorkflow as before } from '../../../apps/worker/workflows/order.workflow.js';
import type { OrderOutcome, OrderWorkflowInput } from '#libs/contracts/workflows/order-workflow';

import { OrderWorkflow as after } from './unpatched.workflow.js';

/** The same change as it has to be made: orders in flight stay on the path they are on. */
export async function OrderWorkflow(input: OrderWorkflowInput): Promise<OrderOutcome> {
  return patched('confirm-first') ? after(input) : before(input);
}
