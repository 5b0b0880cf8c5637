import { z } from 'zod';

import { CARRIER_EVENTS } from '#libs/domain/fulfilment/carrier-event';

import { text, token } from './text.api.js';

/** The body of `POST /webhooks/deliveries`. Fields that a carrier adds are ignored. */
export const DeliveryEvent = z
  .object({
    type: z.enum(CARRIER_EVENTS),
    trackingNumber: text(100),
    reference: text(100)
      .nullish()
      .transform((named) => named ?? undefined)
      .describe('Ours, as the label was bought under: it tells parcels apart that have the same number'),
    occurredAt: z.iso
      .datetime({ offset: true })
      // PostgreSQL and JavaScript do not write every date in the same way.
      .regex(/^(?:19[7-9]|2[0-9][0-9])/, 'must be between 1970 and 2999')
      .transform((at) => new Date(at)),
  })
  .meta({ id: 'DeliveryEvent' });

/** The header `webhook-id`: identifies an event, however often it is sent. */
export const DeliveryEventId = token(255);
