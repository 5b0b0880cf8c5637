import { isCancellation, proxyLocalActivities } from '@temporalio/workflow';

import type { LocalEmailActivities } from '#libs/contracts/workflows/activities';
import type { OrderId } from '#libs/domain/order/order-id';

/**
 * Sends an email within the workflow task that asks for it, which takes two events and a task less than an activity of its
 * own. It is tried once, and only while few emails are being sent. After a failure the activity with its retries sends the
 * email, so that a mail outage holds up no other order.
 */
const atOnce = proxyLocalActivities<LocalEmailActivities>({
  // Longer than PROVIDER_TIMEOUT can be, so that an email is not in doubt because of it.
  startToCloseTimeout: '1m',
  // All places for emails are taken.
  scheduleToStartTimeout: '100ms',
  retry: { maximumAttempts: 1 },
});

/** The same emails, tried at once. */
export function triedAtOnce(emails: LocalEmailActivities): LocalEmailActivities {
  const otherwise = <T>(later: () => Promise<T>) =>
    async function (error: unknown): Promise<T> {
      if (isCancellation(error)) throw error;
      return later();
    };
  return {
    sendShippingNotice: (orderId: OrderId) =>
      atOnce.sendShippingNotice(orderId).catch(otherwise(() => emails.sendShippingNotice(orderId))),
    closeWithDeliveryNotice: (orderId: OrderId) =>
      atOnce.closeWithDeliveryNotice(orderId).catch(otherwise(() => emails.closeWithDeliveryNotice(orderId))),
  };
}
