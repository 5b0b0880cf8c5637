import type { GatewayMoney, Movement, Span } from '#libs/domain/reconciliation/reconciliation';

/**
 * The payment provider's own books, to hold ours against. Every call only reads, and may throw `Outage`.
 * Amounts are gross minor units, in the currency the shopper paid in.
 */
export interface GatewayRecords {
  /** What money did on the account, in no order; what has nothing to do with a payment is left out. */
  movements(span: Span): Promise<Movement[]>;
  /** Every movement of an intent's money; null when the provider has no such intent. */
  readMoney(intentId: string): Promise<GatewayMoney | null>;
}
