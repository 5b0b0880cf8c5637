import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';

/** What a parcel does by itself: each event, with when it comes as a share of the delivery time. */
type Journey = readonly { readonly type: CarrierEventType; readonly at: number }[];

export type ParcelCourse = { readonly refused: string } | { readonly journey: Journey };

const ARRIVES: ParcelCourse = {
  journey: [
    { type: 'shipment.picked_up', at: 0.5 },
    { type: 'shipment.delivered', at: 1 },
  ],
};

/** Postal codes that let a person see each way a parcel can go, without scripting a fault. */
const MAGIC_POSTAL_CODES: Readonly<Record<string, ParcelCourse>> = {
  '00000': { refused: 'address_refused' },
  /** The first delivery fails. */
  '00001': {
    journey: [
      { type: 'shipment.picked_up', at: 0.25 },
      { type: 'shipment.in_transit', at: 0.5 },
      { type: 'shipment.delivery_failed', at: 0.75 },
      { type: 'shipment.delivered', at: 1 },
    ],
  },
  /** Sent back. */
  '00002': {
    journey: [
      { type: 'shipment.picked_up', at: 0.5 },
      { type: 'shipment.returned', at: 1 },
    ],
  },
  /** Picked up, and no event after that. */
  '00003': { journey: [{ type: 'shipment.picked_up', at: 0.5 }] },
  /** Never picked up. */
  '00004': { journey: [] },
};

export function courseOf(postalCode: string | null): ParcelCourse {
  if (postalCode === null) return ARRIVES;
  const magic = Object.hasOwn(MAGIC_POSTAL_CODES, postalCode) ? MAGIC_POSTAL_CODES[postalCode] : undefined;
  return magic ?? ARRIVES;
}
