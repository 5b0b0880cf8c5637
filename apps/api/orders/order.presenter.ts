import type { OrderView } from '#libs/contracts/order-view.api';
import { isEnd } from '#libs/order/states';
import type { OrderRecord } from '#libs/store/order-record';

/** An order as it is shown: without addresses, payment method, policy and what only the store needs. */
export function presentOrder(order: OrderRecord): OrderView {
  const endedOtherwise = isEnd(order.status) && order.status !== 'delivered';
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    payment: order.payment,
    fulfilment: order.fulfilment,
    attention: [...order.attention],
    endReason: endedOtherwise ? order.endReason : null,
    waitingFor: order.closedAt === null ? (order.waits[0] ?? null) : null,
    customer: order.customer,
    lines: [...order.lines],
    currency: order.currency,
    totals: order.totals,
    shipments: [...order.shipments],
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
}
