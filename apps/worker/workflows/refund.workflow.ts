import { CancellationScope, condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';

import {
  orderWorkflowId,
  refundReported,
  type RefundWorkflowInput,
} from '#libs/contracts/workflows/order-workflow';
import type { RefundState } from '#libs/domain/refund/refund';

import { requireKnownVersion } from './known-version.js';
import { orderActivities } from './saga/activity-options.js';
import { attentionRequests } from './saga/attention-requests.js';
import { retryUnlessSkipped, retryUntilDone } from './saga/retry.js';
import { orderSearchAttributes } from './visibility.js';

/** The first and the longest interval between two checks of a pending refund; milliseconds. */
const FIRST_INTERVAL = 60_000;
const MAX_INTERVAL = 86_400_000;

/**
 * Makes a refund, whether a compensation, a failed delivery or an operator requested it. The order's run waits until the
 * refund exists at the provider; this run continues until the refund succeeded or failed, and emails the shopper.
 */
export async function RefundWorkflow({
  orderId,
  refundId,
  policy,
}: RefundWorkflowInput): Promise<RefundState> {
  requireKnownVersion(policy);
  const { steps, emails, decisions } = orderActivities(policy);
  const attention = attentionRequests(
    orderId,
    orderSearchAttributes({ skipsOnTheWay: false }),
    decisions,
    refundId,
  );
  let reports = 0;
  let seenReports = 0;
  setHandler(refundReported, () => {
    reports += 1;
  });

  const createOrCheck = () => {
    // A report that arrives during the check may be newer than its answer.
    seenReports = reports;
    return retryUntilDone(policy, attention, 'charge', () => steps.createRefund(orderId, refundId));
  };
  // A refund that is owed is made even if this run is cancelled.
  return CancellationScope.nonCancellable(async () => {
    let state = await createOrCheck();
    await reportToOrder(state);
    for (
      let interval = FIRST_INTERVAL;
      state === 'pending';
      interval = Math.min(interval * 2, MAX_INTERVAL)
    ) {
      await condition(() => reports > seenReports, interval, { summary: 'Next check of the refund' });
      state = await createOrCheck();
    }
    if (state === 'succeeded')
      await retryUnlessSkipped(attention, 'notify', () => emails.sendRefundNotice(orderId, refundId));
    return state;
  });

  async function reportToOrder(state: RefundState): Promise<void> {
    try {
      await getExternalWorkflowHandle(orderWorkflowId(orderId)).signal(refundReported, { refundId, state });
    } catch {
      // The order's run has ended, so nothing waits for the report.
    }
  }
}
