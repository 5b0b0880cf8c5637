import type { OrderId } from '#libs/domain/order/order-id';

/** Where a parcel goes. */
export interface Recipient {
  readonly name: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  /** Null where the country has none. */
  readonly postalCode: string | null;
  readonly region: string | null;
  /** ISO 3166-1 alpha-2, or `XK`. */
  readonly country: string;
  readonly phone: string | null;
}

export type ParcelStatus =
  'label_created' | 'picked_up' | 'in_transit' | 'delivery_failed' | 'delivered' | 'returned' | 'cancelled';

export interface Parcel {
  /** The carrier's name, for people. */
  readonly carrier: string;
  readonly trackingNumber: string;
  /** Where the shopper can follow it; null where the carrier names no such page. */
  readonly trackingUrl: string | null;
  readonly status: ParcelStatus;
}

/**
 * The carrier. A parcel is known by our reference, the order's id, of which there is at most one. Every call
 * may throw `Refusal` (the carrier refuses) or `Outage` (no usable answer); anything else is a bug.
 */
export interface Carrier {
  /** Buys a label. Requested again with the same reference, answers the same parcel. */
  createShipment(request: {
    reference: OrderId;
    recipient: Recipient;
    items: readonly { sku: string; quantity: number }[];
  }): Promise<Parcel>;
  /**
   * Cancels by reference. Cancelling a reference nothing was created under closes it: a create that arrives
   * late is refused. `too_late` when the parcel has been picked up.
   */
  cancelShipment(reference: OrderId): Promise<'cancelled' | 'too_late'>;
  /** The carrier's parcel for a reference; null when none was created under it. */
  findShipment(reference: OrderId): Promise<Parcel | null>;
}
