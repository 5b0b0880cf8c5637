import type { OrderId } from '#libs/domain/order/order-id';
import type {
  PaymentSnapshot,
  ProviderDispute,
  ProviderIntent,
  ProviderRefund,
} from '#libs/domain/payment/payment-diff';
import type { CaptureMode } from '#libs/domain/order/policy';

/**
 * The provider's state of an intent, in our terms. `unconfirmed`: no attempt was made, so that no money can have
 * moved; `declined`: another attempt may follow; `canceled`: for good, it cannot be confirmed any more.
 */
export type Intent = ProviderIntent;
export type IntentStatus = ProviderIntent['status'];

export type RefundStatus = ProviderRefund['status'];

export type GatewayRefund = ProviderRefund;
export type GatewayDispute = ProviderDispute;
/** All data of the provider about an order's money. */
export type GatewayPayment = PaymentSnapshot;

/**
 * The payment provider. Every call may throw `Refusal` (the provider refuses) or `Outage` (no usable answer;
 * `keyConsumed`: the provider stored a failure under the idempotency key); anything else is a bug.
 * Amounts are minor units.
 */
export interface PaymentGateway {
  /** Creates an intent without an attempt. */
  createIntent(request: {
    orderId: OrderId;
    amount: number;
    currency: string;
    /** Whether money is taken when the intent is confirmed, or only held then. */
    captureMode: CaptureMode;
    idempotencyKey: string;
  }): Promise<Intent>;
  /**
   * Tries a payment method. A decline is an answer (`status: 'declined'`), not an error. An intent that is
   * past confirming (canceled, captured) is returned in its current state.
   */
  confirmIntent(intentId: string, request: { method: string; idempotencyKey: string }): Promise<Intent>;
  retrieveIntent(intentId: string): Promise<Intent>;
  /** An intent with its refunds and its disputes. */
  readPayment(intentId: string): Promise<GatewayPayment>;
  /** What a shopper's browser needs to act on a payment. Never stored, never logged. */
  readClientSecret(intentId: string): Promise<string | null>;
  /** Captures the hold; an intent that can no longer be captured is returned in its current state. */
  captureIntent(intentId: string, request: { amount: number; idempotencyKey: string }): Promise<Intent>;
  /** Cancels; an intent that can no longer be canceled is returned in its current state. */
  cancelIntent(intentId: string, request: { idempotencyKey: string }): Promise<Intent>;
  createRefund(request: {
    intentId: string;
    orderId: OrderId;
    /** Ours, kept in the refund's metadata, so that the refund can be found again. */
    refundId: string;
    amount: number;
    idempotencyKey: string;
  }): Promise<GatewayRefund>;
  /** Searches the intent's refunds for ours; null when the provider has none. */
  findRefund(intentId: string, refundId: string): Promise<GatewayRefund | null>;
}
