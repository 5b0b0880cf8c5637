import { z } from 'zod';

import { OrderUuid, Uuid } from './uuid.api.js';

/** What names an order in an address. */
export const OrderAddress = z.strictObject({ id: OrderUuid });
export type OrderAddress = z.output<typeof OrderAddress>;

/** What names an order's attention in an address. */
export const AttentionAddress = OrderAddress.extend({ attentionId: Uuid });
export type AttentionAddress = z.output<typeof AttentionAddress>;

/** What names an order's refund in an address. */
export const RefundAddress = OrderAddress.extend({ refundId: Uuid });
export type RefundAddress = z.output<typeof RefundAddress>;
