import type { GatewayMoney, Movement, Span } from '#libs/domain/reconciliation/reconciliation';

/** An intent, and the order that its metadata names. */
export interface NamedIntent {
  readonly intentId: string;
  readonly orderId: string;
}

/**
 * The payment provider's own books, to compare with ours. Every call only reads, and may throw `Outage`.
 * Amounts are gross minor units, in the currency the shopper paid in.
 */
export interface GatewayRecords {
  /** Movements of money on the account, in no order, without those that are about no payment. */
  movements(span: Span): Promise<Movement[]>;
  /** Every movement of an intent's money; null when the provider has no such intent. */
  readMoney(intentId: string): Promise<GatewayMoney | null>;
  /** Intents that name an order and were made since, the newest first. */
  intentsSince(since: Date): Promise<NamedIntent[]>;
}
