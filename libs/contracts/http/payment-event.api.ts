import { z } from 'zod';

import { token } from './text.api.js';

/** An index row holds only so much. */
const name = token(255);
/** The last second of the year 9999. */
const LATEST = 253_402_300_799;

const seconds = z.int().min(0).max(LATEST);

/**
 * Any other signed event to `POST /webhooks/stripe`: its name and time, where they can be stored. Thin ones write
 * their time as RFC 3339.
 */
export const AnyStripeEvent = z.object({
  id: name.optional().catch(undefined),
  type: name.catch('unknown'),
  livemode: z.boolean().optional().catch(undefined),
  created: z
    .union([seconds, z.iso.datetime({ offset: true }).transform((at) => Date.parse(at) / 1_000)])
    .pipe(z.number().min(0).max(LATEST))
    .transform((at) => new Date(at * 1_000))
    .optional()
    .catch(undefined),
});
export type AnyStripeEvent = z.output<typeof AnyStripeEvent>;

/**
 * The body of `POST /webhooks/stripe`, as far as it is read; the state comes from the provider, so that the order
 * of arrival does not matter.
 */
export const PaymentEvent = z
  .object({
    id: name,
    type: name,
    created: seconds.describe('Seconds since 1970'),
    livemode: z.boolean(),
    data: z.object({
      object: z
        .object({
          // The shop chooses the ids of its plans and coupons; only an intent's id is read.
          id: z.string().max(5_000).nullish(),
          object: name.optional(),
          payment_intent: z.union([name, z.object({ id: name })]).nullish(),
        })
        .superRefine(({ id, object }, context) => {
          const { error } = object === 'payment_intent' ? name.safeParse(id) : {};
          for (const { message } of error?.issues ?? [])
            context.addIssue({ code: 'custom', path: ['id'], message });
        }),
    }),
  })
  .meta({
    id: 'PaymentEvent',
    description:
      'docs.stripe.com/api/events/object; whatever else is signed, such as a thin event, is kept and changes nothing',
    examples: [
      {
        id: 'evt_1QExample',
        object: 'event',
        type: 'payment_intent.succeeded',
        created: 1_767_261_600,
        livemode: false,
        data: { object: { id: 'pi_3QExampleExample000001', object: 'payment_intent' } },
      },
    ],
  });
export type PaymentEvent = z.output<typeof PaymentEvent>;
