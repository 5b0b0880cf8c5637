import { z } from 'zod';

import { isOrderId, type OrderId } from '#libs/order/order-id';
import { ORDER_STATUSES } from '#libs/order/states';

import { OrderView } from './order-view.api.js';

/** Where a page of orders ends; opaque to whoever holds it. */
export const encodeCursor = (last: OrderId) => Buffer.from(last).toString('base64url');

const Cursor = z
  .string()
  .max(100)
  .transform((cursor, context): OrderId => {
    const last = Buffer.from(cursor, 'base64url').toString();
    // Comparing with what it would have been refuses the other spellings that decoding lets pass.
    if (isOrderId(last) && encodeCursor(last) === cursor) return last;
    context.addIssue({ code: 'custom', message: 'is not a cursor that an answer has given as nextCursor' });
    return z.NEVER;
  })
  .describe('`nextCursor` of the page before');

/** The query of `GET /orders`. */
export const ListOrders = z.strictObject({
  status: z.enum(ORDER_STATUSES).optional(),
  attention: z.literal('open').optional().describe('Only orders that wait for a person'),
  cursor: Cursor.optional(),
  limit: z.coerce.number<string>().int().min(1).max(100).default(20),
});
export type ListOrders = z.output<typeof ListOrders>;

/** A page of orders, newest first. */
export const OrderList = z
  .object({
    data: z.array(OrderView),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'OrderList' });
export type OrderList = z.output<typeof OrderList>;
