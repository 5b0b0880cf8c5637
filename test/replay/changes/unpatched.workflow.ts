import { proxyActivities } from '@temporalio/workflow';

import { OrderWorkflow as today } from '../../../apps/worker/workflows/order.workflow.js';
import type { EmailActivities } from '#libs/contracts/workflows/activities';
import {
  type OrderOutcome,
  type OrderWorkflowInput,
  TASK_QUEUES,
} from '#libs/contracts/workflows/order-workflow';

const { sendConfirmation } = proxyActivities<EmailActivities>({
  taskQueue: TASK_QUEUES.email,
  startToCloseTimeout: '90s',
});

/** A change as somebody might make it who thinks of no order in flight: the shopper is written to first of all. */
export async function OrderWorkflow(input: OrderWorkflowInput): Promise<OrderOutcome> {
  await sendConfirmation(input.orderId);
  return today(input);
}
