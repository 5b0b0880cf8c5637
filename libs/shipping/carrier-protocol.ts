import { z } from 'zod';

import { text } from '#libs/contracts/http/text.api';
import { CARRIER_EVENTS } from '#libs/domain/fulfilment/carrier-event';

/** What a label is bought with. The protocol between us and the carrier is described in docs/carrier-protocol.md. */
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

/** Ours, as it was given with `PUT`: where the carrier sends it, it must be the requested one. */
const reference = text(100)
  .nullish()
  .transform((named) => named ?? undefined);

export const shipmentSchema = z.object({
  reference,
  carrier: text(100),
  trackingNumber: text(100),
  /** A page for the shopper, if there is one. Any text that is no address of a page counts as none. */
  trackingUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .default(null)
    .catch(null),
  status: parcelStatusSchema,
});

/** What a cancellation is answered with besides 200, if anything. */
export const cancellationSchema = z.object({ reference, status: parcelStatusSchema.nullish() });

export const carrierErrorSchema = z.object({ error: z.object({ code: z.string() }) });

/** An event; its id and its time are in headers. */
export const carrierEventSchema = z.object({
  type: z.enum(CARRIER_EVENTS),
  trackingNumber: text(100),
  reference,
  occurredAt: z.iso.datetime({ offset: true }),
});
export type CarrierEvent = z.infer<typeof carrierEventSchema>;
