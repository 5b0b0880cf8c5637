import { z } from 'zod';

import { REFUND_REASONS, REFUND_STATES, REQUESTABLE_REASONS } from '#libs/domain/refund/refund';

import { minorUnits } from './money.api.js';
import { Uuid } from './uuid.api.js';

const PORTIONS = ['full', 'lines', 'amount'] as const;

const RefundedLine = z
  .strictObject({ lineId: Uuid, quantity: z.int().min(1).max(1000) })
  .meta({ id: 'RefundedLine' });

/** The body of `POST /orders/{id}/refunds`. */
export const RequestRefund = z
  .strictObject({
    full: z.literal(true).optional().describe('All that has not been refunded yet'),
    lines: z
      .array(RefundedLine)
      .min(1)
      .max(100)
      .optional()
      .describe('Goods, with their share of tax and shipping'),
    amount: minorUnits.min(1).optional().describe('Minor units'),
    reason: z.enum(REQUESTABLE_REASONS),
    restock: z.boolean().describe('Whether the goods are back in stock; with `full` or `lines` only'),
  })
  .superRefine((body, context) => {
    const given = PORTIONS.filter((portion) => body[portion] !== undefined);
    if (given.length !== 1)
      context.addIssue({ code: 'custom', message: `must have exactly one of ${PORTIONS.join(', ')}` });
    if (body.restock && body.amount !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['restock'],
        message: 'must be false with amount: it does not say which goods came back',
      });
  })
  .meta({
    id: 'RequestRefund',
    oneOf: PORTIONS.map((portion) => ({ required: [portion] })),
    not: { required: ['amount'], properties: { restock: { const: true } } },
    examples: [
      { full: true, reason: 'requested_by_customer', restock: false },
      {
        lines: [{ lineId: '019b7654-0000-7000-8000-000000000001', quantity: 1 }],
        reason: 'damaged',
        restock: false,
      },
      { amount: 500, reason: 'goodwill', restock: false },
    ],
  });
export type RequestRefund = z.output<typeof RequestRefund>;

/** Money on its way back to the shopper. */
export const RefundView = z
  .object({
    id: z.uuid(),
    amount: minorUnits.min(1).describe('Minor units'),
    reason: z.enum(REFUND_REASONS),
    restock: z.boolean(),
    lines: z
      .array(z.object({ lineId: z.uuid(), quantity: z.int() }))
      .describe('Empty, unless it is for goods'),
    state: z.enum(REFUND_STATES).describe('One that succeeded may still fail, when the bank sends it back'),
    failure: z.string().nullable().describe("The payment provider's code"),
    requestedBy: z.string(),
    requestedAt: z.iso.datetime(),
    settledAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Refund' });
export type RefundView = z.output<typeof RefundView>;

export const RefundList = z
  .object({ data: z.array(RefundView).describe('Oldest first') })
  .meta({ id: 'RefundList' });
export type RefundList = z.output<typeof RefundList>;
