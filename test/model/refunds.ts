import { RefundView, type RequestRefund } from '#libs/contracts/http/refund.api';
import type { AttentionRecord, OrderRecord } from '#libs/persistence/orders/order-record';

import type { ModelOrder } from './model.js';
import type { Real } from './real.js';

/** @returns the refund's id; null when it was refused with one of `refusals` @throws Error for any other answer */
export async function askForRefund(
  real: Real,
  order: ModelOrder,
  key: string,
  draft: RequestRefund,
  refusals: readonly string[],
): Promise<string | null> {
  const path = `/orders/${order.id}/refunds`;
  const { status, body, text } = await real.ask(() =>
    real.system.http.post(path).set('Idempotency-Key', key).send(draft),
  );
  if (status === 202) {
    const { id } = RefundView.parse(body);
    order.refunds.add(id);
    return id;
  }
  if (!refusals.includes(body.code)) throw new Error(`a refund was answered ${status} ${text}`);
  return null;
}

/** Whether the order's money has to go back. */
export const isTakenBack = ({ status }: Pick<OrderRecord, 'status'>) =>
  status === 'rejected' || status === 'cancelled' || status === 'undelivered';

/**
 * What an operator does about a refund that failed. The refund of a compensated order is requested
 * again, unless the shopper's bank holds the payment.
 *
 * @returns whether there is nothing more to do about it
 */
export async function seeToFailedRefund(
  real: Real,
  placed: ModelOrder,
  order: OrderRecord,
  { id }: Pick<AttentionRecord, 'id'>,
): Promise<boolean> {
  if (order.status === 'cancelling') return false;
  if (!isTakenBack(order)) return true;
  if (await real.isDisputed(order)) return false;
  const draft = { full: true, reason: 'goodwill', restock: false } as const;
  await askForRefund(real, placed, `again-${id}`, draft, ['nothing_to_refund']);
  return true;
}
