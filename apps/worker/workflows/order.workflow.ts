import { sleep } from '@temporalio/workflow';

import type { OrderOutcome, OrderRunInput } from '#libs/contracts/workflows/order-workflow';

import { orderActivities } from './saga/activity-options.js';
import { attentionRequests } from './saga/attention-requests.js';
import { listenForDelivery } from './delivery.js';
import { joinsSteps, requireKnownVersion } from './known-version.js';
import { orderPayment } from './payment.js';
import { resolveAttention } from './resume-order.js';
import { saga } from './saga/saga.js';
import { withBackground } from './saga/with-background.js';
import { orderSearchAttributes } from './visibility.js';

/** Processes an order from its acceptance to its end. */
export async function OrderWorkflow({ orderId, policy, run }: OrderRunInput): Promise<OrderOutcome> {
  requireKnownVersion(policy);
  const { steps, emails, decisions } = orderActivities(policy);
  const searchAttributes = orderSearchAttributes();
  const resumePoint = run === undefined ? null : await resolveAttention(orderId, decisions, searchAttributes);
  const attention = attentionRequests(orderId, searchAttributes, decisions);
  const payment = orderPayment(orderId, policy, steps, resumePoint);
  const delivery = listenForDelivery(orderId, policy, searchAttributes, attention, steps, resumePoint);
  const notices = {
    cancelled: () => emails.sendCancellationNotice(orderId),
    rejected: () => emails.sendRejectionNotice(orderId),
  };
  const reservationLeft = resumePoint?.reservationLeft ?? policy.reservationTtl;
  const reservationEnd =
    reservationLeft > 0 ? () => sleep(reservationLeft, { summary: 'Reservation ends' }) : null;
  const subject = { orderId, policy, searchAttributes, attention, decisions, notices, resumePoint };

  return saga(subject, async ({ step, withTimeout, compensate }) => {
    await withTimeout(RESERVATION, reservationEnd, async () => {
      const releaseStock = () => steps.releaseStock(orderId);
      if (joinsSteps(policy)) {
        const reserve = async () => searchAttributes.setOrderNumber(await steps.validateAndReserve(orderId));
        await step('reserve', reserve, releaseStock);
        await step('validate', alreadyDone);
      } else {
        const validate = async () => searchAttributes.setOrderNumber(await steps.validateOrder(orderId));
        await step('validate', validate);
        await step('reserve', () => steps.reserveStock(orderId), releaseStock);
      }
      const grace = resumePoint?.graceLeft ?? policy.graceBeforeCharge;
      if (grace > 0) await sleep(grace, { summary: 'Charge begins' });
      await step(
        'charge',
        () => payment.collect().then(() => searchAttributes.setStatus('confirmed')),
        payment.reverse,
      );
    });
    await withBackground(
      async () => {
        await step('confirm', () => emails.sendConfirmation(orderId));
        if (await delivery.isUnderWay()) await step('announce', () => emails.sendShippingNotice(orderId));
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
      if (joinsSteps(policy)) isClosed = await emails.closeWithDeliveryNotice(orderId);
      else await emails.sendDeliveryNotice(orderId);
    });
    return { status: 'delivered', isClosed };
  });
}

/** With another step. */
const alreadyDone = async () => undefined;

/** How an order ends whose reservation expires before it is paid. */
const RESERVATION = {
  status: 'rejected',
  code: 'reservation_expired',
  reversal: 'expired',
  until: 'charge',
} as const;

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
