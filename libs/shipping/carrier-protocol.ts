import { z } from 'zod';

import { text } from '#libs/contracts/text.api';
import { CARRIER_EVENTS } from '#libs/order/carrier-event';

/**
 * What goes over the wire between us and the carrier: JSON over HTTP, below `CARRIER_URL`.
 *
 * | call | does | answers |
 * | --- | --- | --- |
 * | `PUT /shipments/{reference}` | buys a label; the reference is its idempotency key | 201, 200 if it was there: the shipment |
 * | `GET /shipments/{reference}` | looks up | 200, 404 `unknown_reference` |
 * | `GET /shipments?trackingNumber=` | looks up | 200, 404 `unknown_tracking_number` |
 * | `POST /shipments/{reference}/cancellation` | cancels, and closes the reference for good, used or not | 200, 409 `already_picked_up` |
 *
 * A refusal is 409 or 422 with `{ "error": { "code", "message" } }`; 429 and 5xx mean that nothing is decided.
 * Changes are told by webhook, signed as standardwebhooks.com has it and repeated until answered with 2xx.
 */
export const shipmentRequestSchema = z.strictObject({
  recipient: z.strictObject({
    name: z.string().min(1),
    line1: z.string().min(1),
    line2: z.string().nullable(),
    city: z.string().min(1),
    /** Null where the country has none. */
    postalCode: z.string().min(1).nullable(),
    region: z.string().nullable(),
    country: z.string().length(2),
    phone: z.string().nullable(),
  }),
  items: z.array(z.strictObject({ sku: z.string().min(1), quantity: z.int().min(1) })).min(1),
});
export type ShipmentRequest = z.infer<typeof shipmentRequestSchema>;

export const parcelStatusSchema = z.enum([
  'label_created',
  'picked_up',
  'in_transit',
  'delivery_failed',
  'delivered',
  'returned',
  'cancelled',
]);

export const shipmentSchema = z.object({
  carrier: text(100),
  trackingNumber: text(100),
  /** A page for the shopper, if there is one. Whatever is no address of a page is as good as none. */
  trackingUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .default(null)
    .catch(null),
  status: parcelStatusSchema,
});

export const carrierErrorSchema = z.object({ error: z.object({ code: z.string() }) });

/** A webhook's body; its id and time-stamp are in its headers. */
export const carrierEventSchema = z.object({
  type: z.enum(CARRIER_EVENTS),
  trackingNumber: z.string().min(1).max(64),
  occurredAt: z.iso.datetime({ offset: true }),
});
export type CarrierEvent = z.infer<typeof carrierEventSchema>;
