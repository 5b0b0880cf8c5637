export { OrderWorkflow } from './order.workflow.js';
export { PaymentWorkflow } from './payment.workflow.js';
export { RefundWorkflow } from './refund.workflow.js';
