import type { OrderId } from '#libs/order/order-id';

/** What the provider says of an intent, in our words. */
export type IntentStatus =
  /** Created, and no attempt has been made: no money can have moved. */
  | 'unconfirmed'
  /** The last attempt was declined; another may follow. */
  | 'declined'
  | 'requires_action'
  | 'processing'
  | 'authorized'
  | 'captured'
  /** For good: a canceled intent cannot be confirmed. */
  | 'canceled';

export interface Intent {
  readonly id: string;
  readonly status: IntentStatus;
  /** Why the last attempt was declined, as the provider's decline code. */
  readonly declineCode: string | null;
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

export interface GatewayRefund {
  readonly id: string;
  readonly status: RefundStatus;
}

/**
 * The payment provider. Every call may throw `Refusal` (the provider says no) or `Outage` (no usable answer;
 * `keySpent` tells that the provider stored a failure under the idempotency key); anything else is a bug.
 * Amounts are minor units.
 */
export interface PaymentGateway {
  /** Creates an intent that nothing has been tried on yet. */
  createIntent(request: {
    orderId: OrderId;
    amount: number;
    currency: string;
    idempotencyKey: string;
  }): Promise<Intent>;
  /**
   * Tries a payment method. A decline is an answer (`status: 'declined'`), not an error. An intent that is
   * past confirming (canceled, captured) is answered as it stands.
   */
  confirmIntent(intentId: string, request: { method: string; idempotencyKey: string }): Promise<Intent>;
  retrieveIntent(intentId: string): Promise<Intent>;
  /** Cancels; an intent that can no longer be canceled is answered as it stands. */
  cancelIntent(intentId: string, request: { idempotencyKey: string }): Promise<Intent>;
  createRefund(request: {
    intentId: string;
    orderId: OrderId;
    /** Ours, kept in the refund's metadata, so that the refund can be found again. */
    refundId: string;
    amount: number;
    idempotencyKey: string;
  }): Promise<GatewayRefund>;
  /** Looks through the intent's refunds for ours; null when the provider has none. */
  findRefund(intentId: string, refundId: string): Promise<GatewayRefund | null>;
}
