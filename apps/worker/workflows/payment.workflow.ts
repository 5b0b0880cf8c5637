import { proxyActivities, setHandler } from '@temporalio/workflow';

import type { MoneyActivities } from '#libs/contracts/workflows/activities';
import { paymentTold, type PaymentWorkflowInput } from '#libs/contracts/workflows/order-workflow';

import { summarized } from './summaries.js';

const { followPayment } = summarized(
  proxyActivities<MoneyActivities>({
    startToCloseTimeout: '90s',
    heartbeatTimeout: '4s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  }),
);

/** Looks at the provider for an order, once for everything that is told while nobody looks or somebody does. */
export async function PaymentWorkflow({ orderId }: PaymentWorkflowInput): Promise<void> {
  let told = 0;
  setHandler(paymentTold, () => {
    told += 1;
  });
  // What came with the start is heard first.
  await Promise.resolve();
  for (let heard = -1; heard < told;) {
    heard = told;
    await followPayment(orderId);
  }
}
