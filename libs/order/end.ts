/** Why an order did not end delivered. */
export const END_CODES = [
  'invalid',
  'out_of_stock',
  'payment_declined',
  'payment_expired',
  'reservation_expired',
  'authorization_expiring',
  'capture_failed',
  'carrier_refused',
  'operator_failed',
  'cancelled',
  'returned',
  'lost',
] as const;
export type EndCode = (typeof END_CODES)[number];

/** Who or what caused a change: `workflow`, `carrier`, `temporal`, or `service:<name>` for a holder of an API key. */
export type Actor = string;

export interface EndReason {
  readonly code: EndCode;
  readonly by: Actor;
}
