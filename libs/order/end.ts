/** Why an order did not end delivered. */
export type EndCode =
  | 'invalid'
  | 'out_of_stock'
  | 'payment_declined'
  | 'reservation_expired'
  | 'carrier_refused'
  | 'operator_failed'
  | 'cancelled'
  | 'returned'
  | 'lost';

/** Who or what caused a change: `workflow`, `carrier`, `temporal`, or `service:<name>` for a holder of an API key. */
export type Actor = string;

export interface EndReason {
  readonly code: EndCode;
  readonly by: Actor;
}
