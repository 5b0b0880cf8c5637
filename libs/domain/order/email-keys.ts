import type { OrderId } from './order-id.js';

/** Emails about an order, each sent once. Each refund has an email of its own. */
const EMAIL_KINDS = [
  'confirmation',
  'shipped',
  'delivery',
  'undelivered',
  'cancellation',
  'rejection',
] as const;
export type EmailKind = (typeof EMAIL_KINDS)[number];

/** What each mail is journalled as. */
export const emailKey = (orderId: OrderId, kind: EmailKind) => `${orderId}:email:${kind}`;
export const refundEmailKey = (orderId: OrderId, refundId: string) => `${orderId}:email:refund:${refundId}`;
