import type { ActivityInterfaceFor } from '@temporalio/workflow';

import type {
  DecisionActivities,
  EmailActivities,
  PaymentSyncActivities,
  StepActivities,
} from '#libs/contracts/workflows/activities';
import type { ReconcileActivities } from '#libs/contracts/workflows/reconcile-workflow';

type ActivityName =
  | keyof StepActivities
  | keyof EmailActivities
  | keyof DecisionActivities
  | keyof PaymentSyncActivities
  | keyof ReconcileActivities;

/** What each activity does, as Temporal's UI shows it beside its call. No history event is made of it. */
export const ACTIVITY_SUMMARIES: Readonly<Record<ActivityName, string>> = {
  validateOrder: 'Checks products and country',
  reserveStock: 'Reserves the goods, all or none',
  validateAndReserve: 'Checks products and country, and reserves the goods, all or none',
  reserveAndCharge: 'Checks products and country, reserves the goods, and charges',
  releaseStock: 'Compensation: releases the goods',
  chargePayment: 'Charges, or authorizes, the order’s amount',
  checkPayment: 'Syncs the payment with the payment provider',
  capturePayment: 'Captures the authorized payment',
  reversePayment: 'Compensation: voids the payment, or books its refund',
  createRefund: 'Makes a booked refund at the payment provider, once',
  createShipment: 'Creates the label at the carrier',
  cancelShipment: 'Compensation: cancels the label at the carrier',
  checkDelivery: 'Asks the carrier for the parcel’s status',
  sendConfirmation: 'Mails the confirmation',
  sendShippingNotice: 'Mails that the parcel is under way',
  sendDeliveryNotice: 'Mails that the parcel was delivered',
  closeWithDeliveryNotice: 'Mails that the parcel was delivered, and closes the order',
  sendFailedDeliveryNotice: 'Mails that the parcel was returned or is lost',
  sendCancellationNotice: 'Mails that the order is cancelled',
  sendRejectionNotice: 'Mails that the order could not be completed',
  sendRefundNotice: 'Mails that a refund was made',
  openAttention: 'Opens an attention for an operator',
  resolveAttention: 'Resolves the attention',
  beginCancellation: 'Decides whether the order can still be cancelled',
  endOrder: 'Writes how the order ends',
  closeOrder: 'Closes the order',
  loadResumePoint: 'Loads where an earlier run has left the order',
  syncPayment: 'Syncs the payment with the payment provider',
  compareUnsettled: 'Compares orders whose payment or refund is not settled',
  compareMovements: 'Compares the payment provider’s movements with the ledger',
  countDiscrepancies: 'Counts the open discrepancies',
  findLastReconciled: 'Finds the end of the last run’s window',
};

/** The same activities, each called with its summary. */
export function summarized<A>(activities: ActivityInterfaceFor<A>): ActivityInterfaceFor<A> {
  const summaries: Readonly<Record<string, string | undefined>> = ACTIVITY_SUMMARIES;
  return new Proxy(Object(activities), {
    get(target, name) {
      const activity = Reflect.get(target, name);
      return (...args: unknown[]) => activity.executeWithOptions({ summary: summaries[String(name)] }, args);
    },
  });
}
