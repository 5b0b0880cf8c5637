import type { ActivityInterfaceFor } from '@temporalio/workflow';

import type {
  DecisionActivities,
  EmailActivities,
  MoneyActivities,
  StepActivities,
} from '#libs/contracts/workflows/activities';
import type { ReconcileActivities } from '#libs/contracts/workflows/reconcile-workflow';

type ActivityName =
  | keyof StepActivities
  | keyof EmailActivities
  | keyof DecisionActivities
  | keyof MoneyActivities
  | keyof ReconcileActivities;

/** What each activity does, as Temporal's UI shows it beside its call. No history event is made of it. */
export const ACTIVITY_SUMMARIES: Readonly<Record<ActivityName, string>> = {
  validateOrder: 'Checks products and country',
  reserveStock: 'Reserves the goods, all or none',
  releaseStock: 'Undo: releases the goods',
  chargePayment: 'Charges, or holds, the order’s amount',
  checkPayment: 'Asks the payment provider how the payment stands',
  capturePayment: 'Takes the money that is held',
  returnPayment: 'Undo: voids the payment, or books its refund',
  createRefund: 'Makes a booked refund at the payment provider, once',
  createShipment: 'Has the carrier make a label',
  cancelShipment: 'Undo: has the carrier cancel the label',
  checkDelivery: 'Asks the carrier where the parcel is',
  sendConfirmation: 'Mails the confirmation',
  sendShippingNotice: 'Mails that the parcel is on its way',
  sendDeliveryNotice: 'Mails that the parcel has arrived',
  sendFailedDelivery: 'Mails that the parcel came back or is lost',
  sendCancellation: 'Mails that the order is cancelled',
  sendRejection: 'Mails that the order could not be completed',
  sendRefundNotice: 'Mails that money has gone back',
  parkOrder: 'Opens an attention for an operator',
  resumeOrder: 'Closes the attention',
  beginCancellation: 'Decides whether the order can still be taken back',
  endOrder: 'Writes how the order ends',
  closeOrder: 'Closes the order',
  readStanding: 'Reads where the order stands that a run before has left',
  followPayment: 'Asks the payment provider, and writes what it says into the books',
  compareUnsettled: 'Compares orders whose money is not settled',
  compareMovements: 'Compares what moved at the payment provider with what was booked',
  countFindings: 'Counts the findings that are open',
  lastReconciled: 'Looks up to when the run before has compared',
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
