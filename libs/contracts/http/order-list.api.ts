import { z } from 'zod';

import { ATTENTION_KINDS } from '#libs/domain/order/attention';
import { END_CODES } from '#libs/domain/order/end';
import { orderId, type OrderId } from '#libs/domain/order/order-id';
import {
  FULFILMENT,
  type FulfilmentStatus,
  ORDER_STATUSES,
  PAYMENT,
  type PaymentStatus,
} from '#libs/domain/order/states';
import { STEPS } from '#libs/domain/order/steps';

import { EmailToFind } from './email.api.js';
import { oneOrMore } from './one-or-more.api.js';
import { OrderView } from './order-view.api.js';
import { pageSize } from './page-size.api.js';
import { Sku } from './sku.api.js';
import { text, token } from './text.api.js';

const DIRECTIONS = ['newest', 'oldest'] as const;
type Direction = (typeof DIRECTIONS)[number];

/** Where a page of orders ends, and which way the list goes. */
export interface OrderCursor {
  readonly order: Direction;
  /** When the last one of the page was placed, or changed, whichever the list goes by. */
  readonly at: Date;
  readonly id: OrderId;
}

/** A cursor holds no filters: with other filters it is a place in another list. */
export const encodeCursor = ({ order, at, id }: OrderCursor) => `${order}.${at.getTime()}.${id}`;

/** Milliseconds to the year 2286: more digits are no time that PostgreSQL would take. */
const CURSOR = /^(?:newest|oldest)\.(?:0|[1-9][0-9]{0,12})\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const Cursor = z
  .string()
  .regex(CURSOR, 'is not a cursor that an answer has given as nextCursor')
  .transform((cursor): OrderCursor => {
    const [direction, at, id = ''] = cursor.split('.');
    const order = direction === 'oldest' ? 'oldest' : 'newest';
    return { order, at: new Date(Number(at)), id: orderId(id) };
  })
  .describe('`nextCursor` of the page before');

/** What a step failed with: an open list. */
const FailureCode = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a code, such as gateway_unreachable');

const EARLIEST = Date.UTC(1970, 0);
const LATEST = Date.UTC(9999, 11, 31);

/** No order is placed outside these years, and PostgreSQL does not accept every other year. */
const time = z.iso
  .datetime({ offset: true })
  .transform((at) => new Date(Math.min(Math.max(new Date(at).getTime(), EARLIEST), LATEST)));

/** The query of `GET /orders`. */
export const ListOrders = z.strictObject({
  status: oneOrMore(ORDER_STATUSES).optional().describe('Any of these, the parameter repeated for several'),
  payment: z.enum(Object.keys(PAYMENT) as PaymentStatus[]).optional(),
  fulfilment: z.enum(Object.keys(FULFILMENT) as FulfilmentStatus[]).optional(),
  waitingFor: z.enum(STEPS).optional().describe('The `step` of what is shown as `waitingFor`'),
  lastError: FailureCode.optional().describe('The `lastError` of what is shown as `waitingFor`'),
  attention: z.literal('open').optional().describe('Only orders that wait for a person'),
  attentionKind: z.enum(ATTENTION_KINDS).optional().describe('Only orders that wait for a person so'),
  endReason: z.enum(END_CODES).optional().describe('The `code` of what is shown as `endReason`'),
  customer: text(100).optional().describe("The shop's own id of the customer"),
  email: EmailToFind.optional().describe('In any case'),
  sku: Sku.optional().describe('Only orders that have a line of it'),
  number: token(40).toUpperCase().optional().describe('For humans, such as `R-7K3M-92QD`'),
  trackingNumber: text(100).optional(),
  createdFrom: time.optional().describe('Placed then or later'),
  createdTo: time.optional().describe('Placed before then'),
  updatedSince: time
    .optional()
    .describe('Changed then or later, by `updatedAt`; the list then goes by when they were changed last'),
  order: z
    .enum(DIRECTIONS)
    .optional()
    .describe(
      '`newest` first, unless asked for otherwise; a cursor goes on in its own direction unless this turns it',
    ),
  cursor: Cursor.optional(),
  limit: pageSize(100, 20),
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
