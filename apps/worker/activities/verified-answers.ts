import {
  intentContradiction,
  newIntentContradiction,
  refundContradiction,
} from '#libs/domain/order/contradiction';
import { Contradiction } from '#libs/domain/order/failure';
import type { GatewayRefund, Intent } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

type Order = Pick<OrderRecord, 'id' | 'intentId' | 'currency'>;

const asked = ({ id, intentId, currency }: Order) => ({ orderId: id, intentId, currency });

function unless<T>(contradiction: string | null, answer: T): T {
  if (contradiction !== null) throw new Contradiction(contradiction);
  return answer;
}

/**
 * Verifies that the gateway's answer is about the order's intent before it is used.
 *
 * @throws Contradiction with what differs
 */
export const ofOrder =
  (order: Order) =>
  (intent: Intent): Intent =>
    unless(intentContradiction(asked(order), intent), intent);

/** The same for an intent that was requested just now. @throws Contradiction */
export const madeFor =
  (order: Order, amount: number) =>
  (intent: Intent): Intent =>
    unless(newIntentContradiction(asked(order), amount, intent), intent);

/** The same of a refund. @throws Contradiction */
export const refundOf =
  (order: Order, refund: { readonly id: string; readonly amount: number }) =>
  (made: GatewayRefund): GatewayRefund =>
    unless(refundContradiction({ ...asked(order), refundId: refund.id, amount: refund.amount }, made), made);
