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

/** A change that breaks orders in flight: it emails the shopper as its first step. */
export async function OrderWorkflow(input: OrderWorkflowInput): Promise<OrderOutcome> {
  await sendConfirmation(input.orderId);
  return today(input);
}
