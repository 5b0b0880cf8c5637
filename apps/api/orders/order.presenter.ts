import type { OrderView } from '#libs/contracts/http/order-view.api';
import { pendingRefunds, refunded } from '#libs/domain/ledger/ledger';
import { isEnd } from '#libs/domain/order/states';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { presentAttention } from '../attention/attention.presenter.js';

/** Without addresses, payment method and policy. Field by field, so that no new field of the record is exposed. */
export function presentOrder(order: OrderRecord): OrderView {
  const { customer, totals, dispute } = order;
  const endedOtherwise = isEnd(order.status) && order.status !== 'delivered';
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    payment: order.payment,
    attempt: order.attempt,
    decline: order.decline && { attempt: order.decline.attempt, code: order.decline.code },
    captured: order.booked.captured ?? 0,
    refunded: refunded(order.booked),
    pendingRefunds: pendingRefunds(order.booked),
    dispute: dispute && { status: dispute.status, amount: dispute.amount },
    fulfilment: order.fulfilment,
    attention: order.attention.map((open) => presentAttention(open, isEnd(order.status))),
    endReason: endedOtherwise ? order.endReason : null,
    waitingFor: order.closedAt === null ? (order.waits[0] ?? null) : null,
    customer: customer && { id: customer.id, name: customer.name, email: customer.email },
    lines: order.lines.map(({ id, sku, name, quantity, unitPrice, taxRate }) => ({
      id,
      sku,
      name,
      quantity,
      unitPrice,
      taxRate,
    })),
    currency: order.currency,
    totals: {
      subtotal: totals.subtotal,
      shipping: totals.shipping,
      discount: totals.discount,
      tax: totals.tax,
      total: totals.total,
    },
    shipments: order.shipments.map(({ id, carrier, trackingNumber, trackingUrl, status }) => ({
      id,
      carrier,
      trackingNumber,
      trackingUrl,
      status,
    })),
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
}
