import type { OrderId } from '../order/order-id.js';

/** What each call about an order's money is journalled as, and known to the provider by. */
export const intentKey = (orderId: OrderId) => `${orderId}:intent`;
/** @param attempt from 1 */
export const chargeKey = (orderId: OrderId, attempt: number) => `${orderId}:charge:${attempt}`;
export const captureKey = (orderId: OrderId) => `${orderId}:capture`;
export const voidKey = (orderId: OrderId) => `${orderId}:void`;
export const refundKey = (orderId: OrderId, refundId: string) => `${orderId}:refund:${refundId}`;
