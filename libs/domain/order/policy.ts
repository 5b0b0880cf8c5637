export type CaptureMode = 'immediate' | 'on_shipment';

/** The rules an order was accepted under. Durations are milliseconds. They are part of the workflow's input. */
export interface OrderPolicy {
  /** How long an order may hold stock before it is paid. */
  readonly reservationTtl: number;
  /** A delay between the reservation and the charge in which the order can be cancelled freely. */
  readonly graceBeforeCharge: number;
  /** Whether money is captured at once, or held and captured when the label exists. */
  readonly captureMode: CaptureMode;
  /** How long a shopper has to act on a payment, and a payment to settle. */
  readonly paymentWindow: number;
  /** How long after a decline another payment method may be tried; 0 ends the order at once. */
  readonly declineWindow: number;
  /** How long after the label a delivery may take before an attention is opened. */
  readonly deliveryDeadline: number;
  /** How often and how retryUntilDone an outage is retried before a step is parked. */
  readonly retry: {
    readonly attempts: number;
    readonly initial: number;
    readonly max: number;
  };
  /** Which path its runs take (libs/contracts/workflows/workflow-version); absent: 1. */
  readonly workflowVersion?: number;
}

/** The longest `Retry-After` of a provider that is respected. Milliseconds. */
export const LONGEST_PAUSE = 600_000;

/** How long after failing attempt number `attempt` (from 1) the next one starts, in milliseconds. */
export function backoff(retry: Pick<OrderPolicy['retry'], 'initial' | 'max'>, attempt: number): number {
  return Math.min(retry.initial * 2 ** (attempt - 1), retry.max);
}
