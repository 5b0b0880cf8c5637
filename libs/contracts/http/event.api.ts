import { z } from 'zod';

import { EVENT_TYPES } from '#libs/domain/events/event-types';
import { ATTENTION_KINDS } from '#libs/domain/order/attention';
import { CANCELLATION_CODES, CANCELLATION_STATES } from '#libs/domain/order/cancellation';
import {
  FULFILMENT,
  type FulfilmentStatus,
  ORDER_STATUSES,
  PAYMENT,
  type PaymentStatus,
} from '#libs/domain/order/states';
import { STEPS } from '#libs/domain/order/steps';
import { REFUND_STATES } from '#libs/domain/refund/refund';

import { oneOrMore } from './one-or-more.api.js';
import { pageSize } from './page-size.api.js';

const OrderOfEvent = z
  .object({
    id: z.uuid(),
    version: z
      .int()
      .min(1)
      .describe('Grows with every change of the order; the event with the higher one has the later states'),
    status: z.enum(ORDER_STATUSES),
    payment: z.enum(Object.keys(PAYMENT) as PaymentStatus[]),
    fulfilment: z.enum(Object.keys(FULFILMENT) as FulfilmentStatus[]),
  })
  .describe('The order as the change left it');

/** What an event names beside its order, by the subject of its type. */
const SUBJECTS = {
  payment: z.object({ attempt: z.int().min(1) }).describe('Which attempt to pay'),
  cancellation: z.object({
    state: z.enum(CANCELLATION_STATES),
    code: z.enum(CANCELLATION_CODES).optional().describe('Why it was refused'),
  }),
  shipment: z.object({ id: z.uuid(), status: z.string() }),
  refund: z.object({ id: z.uuid(), state: z.enum(REFUND_STATES) }),
  dispute: z.object({ id: z.string(), status: z.string() }).describe("In the payment provider's words"),
  attention: z.object({
    id: z.uuid(),
    kind: z.enum(ATTENTION_KINDS),
    step: z.enum(STEPS).optional(),
  }),
};

/** A change of an order, as it is told. */
export const EventView = z
  .object({
    id: z.uuid().describe('The same wherever the event is told'),
    sequence: z.int().min(1).describe('Its place in the stream: numbers grow, and some are left out'),
    type: z.enum(EVENT_TYPES).describe('An open list: ignore a type that you do not know'),
    time: z.iso.datetime().describe('When the change was made'),
    data: z
      .object({
        order: OrderOfEvent,
        payment: SUBJECTS.payment.optional(),
        cancellation: SUBJECTS.cancellation.optional(),
        shipment: SUBJECTS.shipment.optional(),
        refund: SUBJECTS.refund.optional(),
        dispute: SUBJECTS.dispute.optional(),
        attention: SUBJECTS.attention.optional(),
      })
      .describe('Ids, codes and states; read the order for all else. Never personal data'),
  })
  .meta({ id: 'Event' });
export type EventView = z.output<typeof EventView>;

/** A place in the stream, in digits that PostgreSQL's bigint holds. */
const Cursor = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,14})$/, 'is not a cursor that an answer has given as nextCursor')
  .transform(Number)
  .describe('`nextCursor` of the page before; left out, the oldest events that are kept come first');

const Types = oneOrMore(EVENT_TYPES).optional().describe('Only these, the parameter repeated for several');

/** The query of `GET /events`. */
export const ListEvents = z.strictObject({
  after: Cursor.optional(),
  types: Types,
  limit: pageSize(200, 100),
});
export type ListEvents = z.output<typeof ListEvents>;

/** The query of `GET /events/stream`. */
export const FollowEvents = z.strictObject({
  after: Cursor.optional().describe(
    'The `sequence` of the event read last, or a `nextCursor`; left out, what happens from now on is told. `Last-Event-ID` takes precedence',
  ),
  types: Types,
});
export type FollowEvents = z.output<typeof FollowEvents>;

/** The `id` of the message read last, as a reader sends it that opens its stream again; empty, it is as none. */
export const LastEventIdHeader = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,14})?$/, 'is not the id of a message')
  .transform((id) => (id === '' ? undefined : Number(id)))
  .describe('The `id` of the message read last: the stream goes on behind it. A browser sends it by itself');

/** A page of the stream. */
export const EventList = z
  .object({
    data: z
      .array(EventView)
      .describe('By `sequence`; may be empty though more follows, where only some types are asked for'),
    nextCursor: z
      .string()
      .describe('What to ask for `after` next, now or later: never null, as a stream has no end'),
    hasMore: z.boolean().describe('Whether more is there now'),
  })
  .meta({ id: 'EventList' });
export type EventList = z.output<typeof EventList>;
