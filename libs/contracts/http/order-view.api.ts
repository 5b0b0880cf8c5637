import { z } from 'zod';

import { END_CODES } from '#libs/domain/order/end';
import {
  FULFILMENT,
  type FulfilmentStatus,
  ORDER_STATUSES,
  PAYMENT,
  type PaymentStatus,
} from '#libs/domain/order/states';
import { STEPS } from '#libs/domain/order/steps';

import { AttentionView } from './attention.api.js';
import { minorUnits } from './money.api.js';
import { pageSize } from './page-size.api.js';

const time = z.iso.datetime();

export const TotalsView = z
  .object({
    subtotal: minorUnits,
    shipping: minorUnits,
    discount: minorUnits,
    tax: minorUnits,
    total: minorUnits,
  })
  .meta({ id: 'Totals' });

const LineView = z
  .object({
    id: z.uuid(),
    sku: z.string(),
    name: z.string(),
    quantity: z.int(),
    unitPrice: minorUnits.describe('Minor units, without tax'),
    taxRate: z.number().describe('A fraction: 0.19 is 19 %'),
  })
  .meta({ id: 'OrderLine' });

const ShipmentView = z
  .object({
    id: z.uuid(),
    carrier: z.string(),
    trackingNumber: z.string(),
    trackingUrl: z.string().nullable().describe("The carrier's page for the shopper, where it has one"),
    status: z.string(),
  })
  .meta({ id: 'Shipment' });

const WaitView = z
  .object({
    step: z.enum(STEPS),
    since: time,
    attempt: z.int().describe('Attempts that have failed so far'),
    nextTryAt: time.nullable(),
    deadline: time.nullable(),
    lastError: z.string().nullable().describe('A code'),
  })
  .meta({ id: 'WaitingFor' });

/** An order, as every answer shows it. */
export const OrderView = z
  .object({
    id: z.uuid(),
    number: z.string().describe('For humans'),
    status: z.enum(ORDER_STATUSES),
    payment: z.enum(Object.keys(PAYMENT) as PaymentStatus[]),
    attempt: z.int().min(1).describe('Which attempt to pay is the last one'),
    decline: z
      .object({
        attempt: z.int().min(1),
        code: z
          .string()
          .describe(
            "The payment provider's code, or one of ours: an open list, and not for the shopper to read",
          ),
      })
      .nullable()
      .describe('The attempt that was declined last, and why; null where none was, or a later one succeeded'),
    captured: minorUnits.describe('Minor units that were taken: what can go back at the most'),
    refunded: minorUnits.describe('Minor units that went back to the shopper'),
    pendingRefunds: minorUnits.describe('Minor units that are on their way back'),
    dispute: z
      .object({
        status: z.string().describe("The payment provider's word for how it stands"),
        amount: minorUnits,
      })
      .nullable()
      .describe("The shopper's complaint at their bank, the latest if there were several"),
    fulfilment: z.enum(Object.keys(FULFILMENT) as FulfilmentStatus[]),
    attention: z.array(AttentionView).describe('What waits for a person'),
    endReason: z
      .object({
        code: z.enum(END_CODES),
        by: z.string(),
      })
      .nullable()
      .describe('Why the order ended otherwise than delivered'),
    waitingFor: WaitView.nullable(),
    customer: z
      .object({ id: z.string().optional(), name: z.string(), email: z.string() })
      .nullable()
      .describe("Null once the person's data was erased"),
    lines: z.array(LineView),
    currency: z.string(),
    totals: TotalsView,
    shipments: z.array(ShipmentView),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Order' });
export type OrderView = z.output<typeof OrderView>;

/** One row of the audit trail. */
export const OrderEventView = z
  .object({
    id: z.uuid(),
    at: time,
    type: z.string(),
    actor: z.string(),
    changes: z
      .record(z.string(), z.unknown())
      .describe('States as { from, to }, and what else explains the change'),
  })
  .meta({ id: 'OrderEvent' });

/** A place in the trail, in digits that PostgreSQL's bigint holds. */
const EventCursor = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,14})$/, 'is not a cursor that an answer has given as nextCursor')
  .transform(Number)
  .describe('`nextCursor` of the page before');

/** The query of `GET /orders/{id}/events`. */
export const ListOrderEvents = z.strictObject({
  cursor: EventCursor.optional(),
  limit: pageSize(200, 50),
});
export type ListOrderEvents = z.output<typeof ListOrderEvents>;

/** A page of the audit trail. */
export const OrderEventList = z
  .object({
    data: z.array(OrderEventView).describe('Oldest first'),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'OrderEventList' });
export type OrderEventList = z.output<typeof OrderEventList>;
