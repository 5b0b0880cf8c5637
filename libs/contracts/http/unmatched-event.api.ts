import { z } from 'zod';

import { pageSize } from './page-size.api.js';
import { Uuid } from './uuid.api.js';

export const EVENT_PROVIDERS = ['carrier', 'stripe'] as const;

export const UNMATCHED_REASONS = ['unknown_type', 'unknown_object', 'ambiguous_object'] as const;

const time = z.iso.datetime();

const UnmatchedEventView = z
  .object({
    id: z.uuid(),
    provider: z.enum(EVENT_PROVIDERS),
    eventId: z.string().describe("The provider's"),
    type: z.string(),
    objectId: z
      .string()
      .nullable()
      .describe("A carrier's tracking number, or a payment intent; null where the event names none"),
    reason: z
      .enum(UNMATCHED_REASONS)
      .describe(
        '`unknown_type`: ignored for good; `unknown_object`: applied once an order has the parcel or the intent; `ambiguous_object`: two parcels travel under the number, and a person was told',
      ),
    occurredAt: time.describe('As the provider says; when it was received, where it says nothing'),
    receivedAt: time,
  })
  .meta({ id: 'UnmatchedEvent' });
export type UnmatchedEventView = z.output<typeof UnmatchedEventView>;

/** The query of `GET /unmatched-events`. */
export const ListUnmatchedEvents = z.strictObject({
  provider: z.enum(EVENT_PROVIDERS).optional(),
  cursor: Uuid.optional().describe('`nextCursor` of the page before'),
  limit: pageSize(200, 50),
});
export type ListUnmatchedEvents = z.output<typeof ListUnmatchedEvents>;

/** Signed events that match no order. */
export const UnmatchedEventList = z
  .object({
    data: z.array(UnmatchedEventView).describe('Newest first'),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'UnmatchedEventList' });
export type UnmatchedEventList = z.output<typeof UnmatchedEventList>;
