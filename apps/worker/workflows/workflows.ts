export { OrderWorkflow } from './order.workflow.js';
export { RefundWorkflow } from './refund.workflow.js';
