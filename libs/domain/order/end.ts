/** Why an order was rejected: it ended before it was confirmed. */
export const REJECTION_CODES = [
  'invalid',
  'out_of_stock',
  'payment_declined',
  'payment_expired',
  'reservation_expired',
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** Why an order did not end delivered. */
export const END_CODES = [
  ...REJECTION_CODES,
  'authorization_expiring',
  // Paid or held once, and then released by the provider: a hold lapsed, or the intent was canceled there.
  'payment_voided',
  'capture_failed',
  'carrier_refused',
  'operator_failed',
  'cancelled',
  'returned',
  'lost',
] as const;
export type EndCode = (typeof END_CODES)[number];

/** Who or what caused a change: `workflow`, `carrier`, `temporal`, `service:<name>` for an API key, `person:<id>` for a person. */
export type Actor = string;

export interface EndReason {
  readonly code: EndCode;
  readonly by: Actor;
}
