import { z } from 'zod';

import { ATTENTION_KINDS } from '#libs/order/attention';
import { END_CODES } from '#libs/order/end';
import {
  FULFILMENT,
  type FulfilmentStatus,
  ORDER_STATUSES,
  PAYMENT,
  type PaymentStatus,
} from '#libs/order/states';
import { STEPS } from '#libs/order/steps';

const time = z.iso.datetime();
const minorUnits = z.int().min(0).describe('Minor units');

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

const AttentionView = z
  .object({
    id: z.uuid(),
    kind: z.enum(ATTENTION_KINDS),
    step: z.enum(STEPS).nullable(),
    reason: z.string(),
    refundId: z.uuid().nullable().describe('The refund it is about, where it is about one'),
    findingId: z.uuid().nullable().describe('What reconciliation found, where it is about that'),
    openedAt: time,
  })
  .meta({ id: 'Attention', description: 'Something that waits for a person' });

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

export const OrderEventList = z
  .object({ data: z.array(OrderEventView).describe('Oldest first') })
  .meta({ id: 'OrderEventList' });
export type OrderEventList = z.output<typeof OrderEventList>;
