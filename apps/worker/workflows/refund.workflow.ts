import { CancellationScope, condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';

import {
  orderWorkflowId,
  refundReported,
  type RefundWorkflowInput,
} from '#libs/contracts/workflows/order-workflow';
import type { RefundState } from '#libs/domain/refund/refund';

import { orderActivities } from './saga/activity-options.js';
import { attentionDesk } from './saga/attention-desk.js';
import { patiently, unlessSkipped } from './saga/patience.js';
import { orderSign } from './visibility.js';

/** How soon, and how seldom at the least, a refund that is on its way is asked after. Milliseconds. */
const FIRST_LOOK = 60_000;
const RAREST_LOOK = 86_400_000;

/**
 * Gives money back, whoever asked for it: an order that is taken back, a parcel that came back, an operator. Its
 * order waits, where it is still there, until the refund exists at the provider; this goes on until it is settled, and
 * the shopper is told of the money that went back.
 */
export async function RefundWorkflow({
  orderId,
  refundId,
  policy,
}: RefundWorkflowInput): Promise<RefundState> {
  const { steps, emails, decisions } = orderActivities(policy);
  const desk = attentionDesk(orderId, orderSign(), decisions, refundId);
  let heard = 0;
  let known = 0;
  setHandler(refundReported, () => {
    heard += 1;
  });

  const look = () => {
    // What is heard while it is looked at may be newer than what is seen.
    known = heard;
    return patiently(policy, desk, 'charge', () => steps.createRefund(orderId, refundId));
  };
  // Money that was promised goes back, whoever would cancel this run.
  return CancellationScope.nonCancellable(async () => {
    let state = await look();
    await tellOrder(state);
    for (let pause = FIRST_LOOK; state === 'pending'; pause = Math.min(pause * 2, RAREST_LOOK)) {
      await condition(() => heard > known, pause, { summary: 'Next look at the refund' });
      state = await look();
    }
    if (state === 'succeeded')
      await unlessSkipped(desk, 'notify', () => emails.sendRefundNotice(orderId, refundId));
    return state;
  });

  async function tellOrder(state: RefundState): Promise<void> {
    try {
      await getExternalWorkflowHandle(orderWorkflowId(orderId)).signal(refundReported, { refundId, state });
    } catch {
      // The order's run is over: nobody waits.
    }
  }
}
