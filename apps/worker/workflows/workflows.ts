export { OrderWorkflow } from './order.workflow.js';
export { PaymentWorkflow } from './payment.workflow.js';
export { ReconcileWorkflow } from './reconcile.workflow.js';
export { RefundWorkflow } from './refund.workflow.js';
