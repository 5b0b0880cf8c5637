/** A parcel that a carrier's event may be about. */
export interface KnownParcel {
  /** Our reference. */
  readonly orderId: string;
  /** When its label was requested: before that there was no such parcel. */
  readonly askedAt: Date;
  /** Whether it has not arrived, come back, been lost or cancelled yet. */
  readonly isInTransit: boolean;
}

/** The fields of an event that identify its parcel. */
export interface ParcelClue {
  /** Ours, where the carrier sends it. */
  readonly reference: string | null;
  readonly occurredAt: Date;
  /** Whether a label had been requested by then whose number is not known yet: the event may be its parcel's. */
  readonly isLabelPending: boolean;
}

export type ParcelMatch =
  | { readonly is: 'parcel'; readonly orderId: string }
  /** Of no parcel that is known, or not yet. */
  | { readonly is: 'unknown' }
  /** Several parcels in transit have the number, and the event fits each of them. */
  | { readonly is: 'ambiguous'; readonly orderIds: readonly string[] };

/**
 * Which parcel an event is about. Carriers issue a tracking number again, so that it identifies one parcel in
 * transit at a time: our reference decides, or else an event from before a parcel existed cannot be about it. Where no
 * parcel in transit has the number, a label that is being made may get it, and the event waits for that label.
 *
 * @param parcels those with the event's tracking number, or with its reference
 */
export function matchParcel(clue: ParcelClue, parcels: readonly KnownParcel[]): ParcelMatch {
  if (clue.reference !== null) {
    const named = parcels.find(({ orderId }) => orderId === clue.reference);
    return named ? { is: 'parcel', orderId: named.orderId } : { is: 'unknown' };
  }
  const there = parcels.filter(({ askedAt }) => askedAt <= clue.occurredAt);
  // The time of a carrier whose clock is far behind proves nothing.
  const possible = there.length > 0 ? there : parcels;
  const inTransit = possible.filter(({ isInTransit }) => isInTransit);
  if (inTransit.length > 1) return { is: 'ambiguous', orderIds: inTransit.map(({ orderId }) => orderId) };
  if (inTransit.length === 0 && clue.isLabelPending) return { is: 'unknown' };
  const latest = possible.toSorted((a, b) => b.askedAt.getTime() - a.askedAt.getTime())[0];
  const it = inTransit[0] ?? latest;
  return it ? { is: 'parcel', orderId: it.orderId } : { is: 'unknown' };
}
