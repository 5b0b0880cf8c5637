import { sleep } from '@temporalio/workflow';

import type { OrderOutcome, OrderRunInput } from '#libs/contracts/workflows/order-workflow';

import { orderActivities } from './saga/activity-options.js';
import { attentionDesk } from './saga/attention-desk.js';
import { listenForDelivery } from './delivery.js';
import { orderPayment } from './payment.js';
import { beside, saga } from './saga/saga.js';
import { takenUp } from './taken-up.js';
import { orderSign } from './visibility.js';

/** An order's way from "the shopper pressed buy" to "the parcel arrived and everyone was told". */
export async function OrderWorkflow({ orderId, policy, run }: OrderRunInput): Promise<OrderOutcome> {
  const { steps, emails, decisions } = orderActivities(policy);
  const sign = orderSign();
  const standing = run === undefined ? null : await takenUp(orderId, decisions, sign);
  const desk = attentionDesk(orderId, sign, decisions);
  const payment = orderPayment(orderId, policy, steps, standing);
  const delivery = listenForDelivery(orderId, policy, sign, desk, steps, standing);
  const farewells = {
    cancelled: () => emails.sendCancellation(orderId),
    rejected: () => emails.sendRejection(orderId),
  };
  const left = standing?.reservationLeft ?? policy.reservationTtl;
  const reservationOver = left > 0 ? () => sleep(left, { summary: 'Reservation ends' }) : null;
  const subject = { orderId, policy, sign, desk, decisions, farewells, standing };

  return saga(subject, async ({ step, within, takeBack }) => {
    await within(RESERVATION, reservationOver, async () => {
      await step('validate', async () => sign.number(await steps.validateOrder(orderId)));
      await step(
        'reserve',
        () => steps.reserveStock(orderId),
        () => steps.releaseStock(orderId),
      );
      const grace = standing?.graceLeft ?? policy.graceBeforeCharge;
      if (grace > 0) await sleep(grace, { summary: 'Charge begins' });
      await step('charge', () => payment.collected().then(() => sign.status('confirmed')), payment.returned);
    });
    await beside(
      async () => {
        await step('confirm', () => emails.sendConfirmation(orderId));
        if (await delivery.isUnderWay()) await step('announce', () => emails.sendShippingNotice(orderId));
      },
      async () => {
        await within(MONEY, payment.voided, async () => {
          await within(HOLD, payment.labelDue, () =>
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
        if (delivery.failed()) await takeBack('charge', 'undelivered');
      },
    );
    if (delivery.failed()) {
      await step('notify', () => emails.sendFailedDelivery(orderId));
      return 'undelivered';
    }
    await step('notify', () => emails.sendDeliveryNotice(orderId));
    return 'delivered';
  });
}

/** How an order ends that holds goods, or money, for too long, or whose money is let go before it was taken. */
const RESERVATION = {
  status: 'rejected',
  code: 'reservation_expired',
  why: 'expired',
  until: 'charge',
} as const;
const HOLD = {
  status: 'cancelled',
  code: 'authorization_expiring',
  why: 'cancelled',
  until: 'ship',
} as const;
const MONEY = {
  status: 'cancelled',
  code: 'payment_voided',
  why: 'cancelled',
  until: 'capture',
} as const;
