import type { CarrierEventType } from './carrier-event.js';

/** A parcel that has a label. */
export interface NewParcel {
  /** The carrier's name, for people. */
  readonly carrier: string;
  readonly trackingNumber: string;
  /** Where the shopper can follow it. */
  readonly trackingUrl?: string | null;
}

/** How far a parcel has come. */
export interface ParcelProgress {
  /** Ours. */
  readonly id: string;
  readonly status: string;
}

/** How far a parcel has come, by the carrier's last status for it. */
const PROGRESS: readonly string[] = [
  'label_created',
  'picked_up',
  'in_transit',
  'delivery_failed',
  'delivered',
  'returned',
];

/**
 * How an event moves the parcel's own status forward; null where it does not: a status never moves back.
 *
 * @param parcels the order's, oldest first
 */
export function progressOf(
  parcels: readonly (ParcelProgress & { readonly trackingNumber: string })[],
  type: CarrierEventType,
  trackingNumber: string,
): ParcelProgress | null {
  const status = type.slice('shipment.'.length);
  // An event that bears our reference may name a number that the carrier has changed.
  const parcel = parcels.find((each) => each.trackingNumber === trackingNumber) ?? parcels.at(-1);
  if (!parcel || PROGRESS.indexOf(parcel.status) >= PROGRESS.indexOf(status)) return null;
  return { id: parcel.id, status };
}
