import { z } from 'zod';

import { CANCELLATION_CODES, CANCELLATION_STATES } from '#libs/domain/order/cancellation';

/** The body of `POST /orders/{id}/cancellation`, which may be left out: there is nothing to choose. */
export const RequestCancellation = z.strictObject({}).meta({ id: 'RequestCancellation', examples: [{}] });

/** A cancellation request. An order has one at most, however often a caller sent it. */
export const CancellationView = z
  .object({
    state: z
      .enum(CANCELLATION_STATES)
      .describe('`requested` until the order has come to an end or been shipped'),
    code: z.enum(CANCELLATION_CODES).nullable().describe('Why it was refused'),
    requestedAt: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Cancellation' });
export type CancellationView = z.output<typeof CancellationView>;
