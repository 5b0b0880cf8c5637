import { sleep } from '@temporalio/workflow';

import type { OrderOutcome, OrderWorkflowInput } from '#libs/contracts/order-workflow';

import { orderActivities } from './activity-options.js';
import { listenForDelivery } from './delivery.js';
import { saga, together } from './saga.js';
import { attentionDesk } from './attention-desk.js';
import { orderSign } from './visibility.js';

/** An order's way from "the shopper pressed buy" to "the parcel arrived and everyone was told". */
export async function OrderWorkflow({ orderId, policy }: OrderWorkflowInput): Promise<OrderOutcome> {
  const { steps, emails, decisions } = orderActivities(policy);
  const sign = orderSign();
  const desk = attentionDesk(orderId, sign, decisions);
  const delivery = listenForDelivery(orderId, policy, sign, desk, steps);

  return saga(orderId, policy, sign, desk, decisions, async ({ step, within, takeBack }) => {
    await within(policy.reservationTtl, async () => {
      await step('validate', () => steps.validateOrder(orderId));
      await step(
        'reserve',
        () => steps.reserveStock(orderId),
        () => steps.releaseStock(orderId),
      );
      if (policy.graceBeforeCharge > 0) await sleep(policy.graceBeforeCharge);
      await step(
        'charge',
        () => steps.chargePayment(orderId),
        (why) => steps.returnPayment(orderId, why),
      );
    });
    await step(
      'ship',
      () => steps.createShipment(orderId),
      () => steps.cancelShipment(orderId),
    );
    await together(
      step('confirm', () => emails.sendConfirmation(orderId)),
      step('deliver', () => delivery.arrival()).then(async () => {
        if (delivery.failed()) await takeBack('charge', 'undelivered');
      }),
    );
    if (delivery.failed()) return 'undelivered';
    await step('notify', () => emails.sendDeliveryNotice(orderId));
    return 'delivered';
  });
}
