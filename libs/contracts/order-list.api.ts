import { z } from 'zod';

import { isOrderId, type OrderId } from '#libs/order/order-id';
import {
  FULFILMENT,
  type FulfilmentStatus,
  ORDER_STATUSES,
  PAYMENT,
  type PaymentStatus,
} from '#libs/order/states';

import { OrderView } from './order-view.api.js';
import { Sku } from './sku.api.js';
import { text, token } from './text.api.js';

const DIRECTIONS = ['newest', 'oldest'] as const;
type Direction = (typeof DIRECTIONS)[number];

/** Where a page of orders ends, and which way the list goes. */
export interface OrderCursor {
  readonly order: Direction;
  readonly createdAt: Date;
  readonly id: OrderId;
}

/** Opaque to whoever holds it. It says nothing of filters: with other ones it is a place in another list. */
export const encodeCursor = ({ order, createdAt, id }: OrderCursor) =>
  Buffer.from(`${order} ${createdAt.getTime()} ${id}`).toString('base64url');

/** To the year 2286: more digits are no time that PostgreSQL would take. */
const MILLISECONDS = /^\d{1,13}$/;

function decodeCursor(cursor: string): OrderCursor | null {
  const [direction, at = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const order = DIRECTIONS.find((known) => known === direction);
  if (!order || !MILLISECONDS.test(at) || !isOrderId(id)) return null;
  const decoded = { order, createdAt: new Date(Number(at)), id };
  // Comparing with what it would have been refuses the other spellings that decoding lets pass.
  return encodeCursor(decoded) === cursor ? decoded : null;
}

const Cursor = z
  .string()
  .max(120)
  .transform((cursor, context): OrderCursor => {
    const decoded = decodeCursor(cursor);
    if (decoded) return decoded;
    context.addIssue({ code: 'custom', message: 'is not a cursor that an answer has given as nextCursor' });
    return z.NEVER;
  })
  .describe('`nextCursor` of the page before');

const time = z.iso.datetime({ offset: true }).transform((value, context): Date => {
  const at = new Date(value);
  if (at.getTime() >= 0) return at;
  context.addIssue({ code: 'custom', message: 'must not be before 1970' });
  return z.NEVER;
});

/** The query of `GET /orders`. */
export const ListOrders = z
  .strictObject({
    status: z.enum(ORDER_STATUSES).optional(),
    payment: z.enum(Object.keys(PAYMENT) as PaymentStatus[]).optional(),
    fulfilment: z.enum(Object.keys(FULFILMENT) as FulfilmentStatus[]).optional(),
    attention: z.literal('open').optional().describe('Only orders that wait for a person'),
    customer: text(100).optional().describe("The shop's own id of the customer"),
    email: z.email('must be an email address').max(254).optional().describe('In any case'),
    sku: Sku.optional().describe('Only orders that have a line of it'),
    number: token(40).toUpperCase().optional().describe('For humans, such as `R-7K3M-92QD`'),
    trackingNumber: text(100).optional(),
    createdFrom: time.optional().describe('Placed then or later'),
    createdTo: time.optional().describe('Placed before then'),
    order: z
      .enum(DIRECTIONS)
      .optional()
      .describe('`newest` first, unless asked for otherwise; a cursor goes on in its own direction'),
    cursor: Cursor.optional(),
    limit: z.coerce.number<string>().int().min(1).max(100).default(20),
  })
  .superRefine(({ order, cursor }, context) => {
    if (order && cursor && order !== cursor.order)
      context.addIssue({
        code: 'custom',
        path: ['cursor'],
        message: `is of a list with the ${cursor.order} first`,
      });
  });
export type ListOrders = z.output<typeof ListOrders>;

/** A page of orders. */
export const OrderList = z
  .object({
    data: z.array(OrderView),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'OrderList' });
export type OrderList = z.output<typeof OrderList>;
