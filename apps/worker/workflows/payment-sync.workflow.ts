import { proxyActivities, setHandler, setWorkflowOptions } from '@temporalio/workflow';

import type { PaymentSyncActivities } from '#libs/contracts/workflows/activities';
import {
  paymentSyncRequested,
  type PaymentSyncWorkflowInput,
} from '#libs/contracts/workflows/order-workflow';

import { shortWorkflow } from './short-workflow.js';
import { summarized } from './summaries.js';

const { syncPayment } = summarized(
  proxyActivities<PaymentSyncActivities>({
    startToCloseTimeout: '15m',
    heartbeatTimeout: '4s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  }),
);

/** Syncs an order's payment with the provider; all requests that arrive during one sync are served by the next. */
export async function PaymentSyncWorkflow({ orderId }: PaymentSyncWorkflowInput): Promise<void> {
  let requests = 0;
  setHandler(paymentSyncRequested, () => {
    requests += 1;
  });
  // Lets the signal that started this run be handled first.
  await Promise.resolve();
  for (let served = -1; served < requests;) {
    served = requests;
    await syncPayment(orderId);
  }
}

setWorkflowOptions(shortWorkflow, PaymentSyncWorkflow);
