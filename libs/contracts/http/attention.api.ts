import { z } from 'zod';

import { ATTENTION_KINDS } from '#libs/domain/order/attention';
import { RESOLUTIONS, STEPS } from '#libs/domain/order/steps';

const time = z.iso.datetime();

const about = {
  id: z.uuid(),
  kind: z.enum(ATTENTION_KINDS),
  step: z.enum(STEPS).nullable(),
  isCompensation: z.boolean().describe("Whether the step's compensation is what cannot be done"),
  reason: z.string(),
  refundId: z.uuid().nullable().describe('The refund it is about, where it is about one'),
  discrepancyId: z.uuid().nullable().describe('The discrepancy that it is about, if any'),
  openedAt: time,
};

/** A question or notice about an order for an operator. */
export const AttentionView = z
  .object({ ...about, resolutions: z.array(z.enum(RESOLUTIONS)).describe('What may be answered') })
  .meta({ id: 'Attention', description: 'Something that waits for a person' });
export type AttentionView = z.output<typeof AttentionView>;

/** The same, open or resolved. */
export const AttentionEntry = z
  .object({
    ...about,
    resolutions: z
      .array(z.enum(RESOLUTIONS))
      .describe('What may be answered; nothing any more once it is resolved'),
    resolution: z
      .object({
        action: z.enum(RESOLUTIONS).nullable().describe('Null where the order went on without an answer'),
        by: z.string(),
        note: z
          .string()
          .nullable()
          .describe("What the operator wrote; null once the person's data was erased"),
        resolvedAt: time,
        appliedAt: time.nullable().describe('When the order went on with the answer; null until it has'),
      })
      .nullable()
      .describe('Null while it waits'),
  })
  .meta({ id: 'AttentionEntry' });
export type AttentionEntry = z.output<typeof AttentionEntry>;

export const AttentionList = z
  .object({ data: z.array(AttentionEntry).describe('Oldest first') })
  .meta({ id: 'AttentionList' });
export type AttentionList = z.output<typeof AttentionList>;
