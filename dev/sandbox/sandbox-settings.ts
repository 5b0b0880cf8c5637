import { z } from 'zod';

import { duration, flag, list, port, text, url } from '#libs/config/variable';

/** What the sandbox reads of its environment, beside the carrier's secret and the log level. */
export const SANDBOX_SETTINGS = z
  .object({
    SANDBOX_HOST: text('the default is 127.0.0.1').default('127.0.0.1'),
    SANDBOX_PORT: port(4010),
    /** Null when parcels move only by hand. */
    SANDBOX_DELIVERY_AFTER: z.union(
      [z.literal('never').transform(() => null), duration('15s')],
      'must be never, or a duration such as 15s',
    ),
    SANDBOX_GATEWAY: flag('true'),
    SANDBOX_STATE_FILE: text('leave it out to keep nothing').optional(),
    CARRIER_WEBHOOK_URL: url(['http:', 'https:'], 'http://127.0.0.1:3000/webhooks/deliveries').default(
      'http://127.0.0.1:3000/webhooks/deliveries',
    ),
    GATEWAY_WEBHOOK_URL: url(['http:', 'https:'], 'http://127.0.0.1:3000/webhooks/stripe').optional(),
    /** The first one signs. */
    STRIPE_WEBHOOK_SECRET: list('', /^whsec_\w+$/, 'whsec_ and letters or digits'),
  })
  .refine((s) => s.GATEWAY_WEBHOOK_URL === undefined || s.STRIPE_WEBHOOK_SECRET.length > 0, {
    path: ['STRIPE_WEBHOOK_SECRET'],
    message: 'must be set where GATEWAY_WEBHOOK_URL is: events are signed',
  });
