import type { OrderOutcome, OrderRunInput } from '#libs/contracts/workflows/order-workflow';

import { orderActivities, withoutFirstAttempt } from './saga/activity-options.js';
import { attentionRequests } from './saga/attention-requests.js';
import { listenForDelivery } from './delivery.js';
import { joinsSteps, requireKnownVersion } from './known-version.js';
import { triedAtOnce } from './email-at-once.js';
import { orderPayment } from './payment.js';
import { reserveAndCharge, reserveThenCharge } from './reserve-and-charge.js';
import { resumeOrder } from './resume-order.js';
import { saga } from './saga/saga.js';
import { withBackground } from './saga/with-background.js';
import { orderSearchAttributes } from './visibility.js';

/** Processes an order from its acceptance to its end. */
export async function OrderWorkflow({ orderId, policy, run }: OrderRunInput): Promise<OrderOutcome> {
  requireKnownVersion(policy);
  const { steps, emails, decisions } = orderActivities(policy);
  const isJoined = joinsSteps(policy);
  const searchAttributes = orderSearchAttributes({ skipsOnTheWay: isJoined });
  const resumePoint = run === undefined ? null : await resumeOrder(orderId, decisions, searchAttributes);
  const attention = attentionRequests(orderId, searchAttributes, decisions);
  const payment = orderPayment(orderId, policy, steps, resumePoint);
  const delivery = listenForDelivery(orderId, policy, searchAttributes, attention, steps, resumePoint);
  const notices = {
    cancelled: () => emails.sendCancellationNotice(orderId),
    rejected: () => emails.sendRejectionNotice(orderId),
  };
  const beginning = { orderId, policy, steps, payment, searchAttributes, resumePoint };
  const untilPaid = isJoined ? reserveAndCharge(beginning) : reserveThenCharge(beginning);
  const { sendShippingNotice, closeWithDeliveryNotice } =
    isJoined && policy.retry.attempts > 1
      ? triedAtOnce(orderActivities(withoutFirstAttempt(policy)).emails)
      : emails;
  const subject = { orderId, policy, searchAttributes, attention, decisions, notices, resumePoint };

  return saga(subject, async (stages) => {
    const { step, withTimeout, compensate } = stages;
    await untilPaid(stages);
    await withBackground(
      async () => {
        await step('confirm', () => emails.sendConfirmation(orderId));
        if (await delivery.isUnderWay()) await step('announce', () => sendShippingNotice(orderId));
      },
      async () => {
        await withTimeout(CAPTURE, payment.voided, async () => {
          await withTimeout(AUTHORIZATION, payment.labelDue, () =>
            step(
              'ship',
              () => steps.createShipment(orderId),
              () => steps.cancelShipment(orderId),
            ),
          );
          if (policy.captureMode === 'on_shipment')
            await step('capture', () => steps.capturePayment(orderId));
        });
        await step('deliver', () => delivery.arrival());
        if (delivery.failed()) await compensate('charge', 'undelivered');
      },
    );
    if (delivery.failed()) {
      await step('notify', () => emails.sendFailedDeliveryNotice(orderId));
      return { status: 'undelivered' };
    }
    let isClosed = false;
    await step('notify', async () => {
      if (isJoined) isClosed = await closeWithDeliveryNotice(orderId);
      else await emails.sendDeliveryNotice(orderId);
    });
    return { status: 'delivered', isClosed };
  });
}

/** How an order ends whose authorization would expire before its label exists. */
const AUTHORIZATION = {
  status: 'cancelled',
  code: 'authorization_expiring',
  reversal: 'cancelled',
  until: 'ship',
} as const;

/** How an order ends whose payment is voided at the provider before it is captured. */
const CAPTURE = {
  status: 'cancelled',
  code: 'payment_voided',
  reversal: 'cancelled',
  until: 'capture',
} as const;
