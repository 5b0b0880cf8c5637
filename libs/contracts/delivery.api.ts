import { z } from 'zod';

import { CARRIER_EVENTS } from '#libs/order/carrier-event';

import { text, token } from './text.api.js';

/** The body of `POST /webhooks/deliveries`. What a carrier adds of its own is ignored. */
export const DeliveryEvent = z
  .object({
    type: z.enum(CARRIER_EVENTS),
    trackingNumber: text(100),
    occurredAt: z.iso
      .datetime({ offset: true })
      .transform((at) => new Date(at))
      // Outside these years PostgreSQL and JavaScript do not agree on how to write a date.
      .refine((at) => inYears(at, 1970, 9999), 'must be between 1970 and 9999'),
  })
  .meta({ id: 'DeliveryEvent' });

/** The header `webhook-id`: what an event is known by, however often it is sent. */
export const DeliveryEventId = token(255);

const inYears = (at: Date, first: number, last: number) =>
  first <= at.getUTCFullYear() && at.getUTCFullYear() <= last;
