import { z } from 'zod';

import { CARRIER_EVENTS, type CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { ParcelStatus } from '#libs/shipping/carrier';
import { parcelStatusSchema } from '#libs/shipping/carrier-protocol';

const eventTypeSchema = z.enum(CARRIER_EVENTS);
/** RFC 3339. */
const instant = z.iso.datetime();

/** A parcel as the carrier stores it. Its recipient is not stored: no test reads it. */
export const parcelSchema = z.object({
  reference: z.string(),
  carrier: z.string(),
  trackingNumber: z.string(),
  status: parcelStatusSchema,
  createdAt: instant,
  events: z.array(
    z.object({
      /** The webhook's id. */
      id: z.string(),
      type: eventTypeSchema,
      occurredAt: instant,
      webhook: z.enum(['waiting', 'accepted', 'given_up']),
    }),
  ),
});
export type StoredParcel = z.infer<typeof parcelSchema>;

export const closedReferenceSchema = z.object({ closedAt: instant });

/** An event that will happen to a parcel by itself. */
export const journeyStopSchema = z.object({
  id: z.string(),
  trackingNumber: z.string(),
  type: eventTypeSchema,
  /** Epoch milliseconds. */
  dueAt: z.number(),
});
export type JourneyStop = z.infer<typeof journeyStopSchema>;

/** A webhook that has not been accepted yet. */
export const webhookSchema = z.object({
  id: z.string(),
  trackingNumber: z.string(),
  /** Set where the event names it. */
  reference: z.string().optional(),
  type: eventTypeSchema,
  occurredAt: instant,
  attempts: z.int(),
  /** Epoch milliseconds. */
  firstTryAt: z.number(),
  nextTryAt: z.number(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** The status an event leads to, and how far along it is: a late event does not take a parcel back. */
export const REACHED: Readonly<Record<CarrierEventType, ParcelStatus>> = {
  'shipment.picked_up': 'picked_up',
  'shipment.in_transit': 'in_transit',
  'shipment.delivery_failed': 'delivery_failed',
  'shipment.delivered': 'delivered',
  'shipment.returned': 'returned',
};
export const PROGRESS: Readonly<Record<ParcelStatus, number>> = {
  label_created: 0,
  cancelled: 0,
  picked_up: 1,
  in_transit: 2,
  delivery_failed: 2,
  delivered: 3,
  returned: 4,
};
