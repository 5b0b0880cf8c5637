export { OrderWorkflow } from './order.workflow.js';
export { PaymentSyncWorkflow } from './payment-sync.workflow.js';
export { ReconcileWorkflow } from './reconcile.workflow.js';
export { RefundWorkflow } from './refund.workflow.js';
