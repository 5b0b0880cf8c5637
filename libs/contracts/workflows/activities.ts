import type { AttentionKind } from '#libs/domain/order/attention';
import type { ShipmentReport } from '#libs/domain/fulfilment/carrier-event';
import type { EndReason } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { RefundState } from '#libs/domain/refund/refund';
import type { ResumePoint } from '#libs/domain/order/resume-point';
import type { OrderStatus } from '#libs/domain/order/states';
import type { Resolution, StepName } from '#libs/domain/order/steps';

/** `too_late`: the step has become final, and the order continues. */
export type CompensationResult = 'compensated' | 'too_late';

/** `refunding`: the payment was captured, and these refunds are booked, each to be made by its own run. */
export type ReversalResult = CompensationResult | { readonly refunding: readonly string[] };

/** The state of a payment attempt: `waiting` for the shopper or the provider, `declined` with time to retry. */
export interface PaymentAnswer {
  readonly is: 'paid' | 'waiting' | 'declined';
  /** When an authorization lapses; milliseconds since 1970. */
  readonly holdUntil?: number;
}

/** An order whose goods are reserved. */
export interface ReservedOrder {
  /** By which people know it. */
  readonly number: string;
  /** Null where the first attempt failed: the next one shows why. */
  readonly payment: PaymentAnswer | null;
  /** How long the provider asks to wait then, in milliseconds. Absent where it does not, and in older histories. */
  readonly retryAfter?: number;
}

/** Why a payment is reversed. With `expired`, a payment that succeeded at the last moment is kept instead. */
export type ReversalReason = 'refused' | 'expired' | 'cancelled' | 'undelivered';

/** The steps of an order and their compensations. Each is idempotent and takes the order's id first. */
export interface StepActivities {
  /** @returns the order's number, by which people know it */
  validateOrder(orderId: OrderId): Promise<string>;
  reserveStock(orderId: OrderId): Promise<void>;
  /** Both, of what is read once. @returns the order's number */
  validateAndReserve(orderId: OrderId): Promise<string>;
  /** The same, and then a first attempt at the payment. */
  reserveAndCharge(orderId: OrderId): Promise<ReservedOrder>;
  releaseStock(orderId: OrderId): Promise<CompensationResult>;
  /** Makes the payment attempt that was requested last. */
  chargePayment(orderId: OrderId): Promise<PaymentAnswer>;
  /** Syncs the payment with the provider, and returns its state. */
  checkPayment(orderId: OrderId): Promise<PaymentAnswer>;
  /** Captures the authorized payment. */
  capturePayment(orderId: OrderId): Promise<void>;
  reversePayment(orderId: OrderId, reason: ReversalReason): Promise<ReversalResult>;
  /** Makes a refund that was booked, once; returns its state at the provider. */
  createRefund(orderId: OrderId, refundId: string): Promise<RefundState>;
  createShipment(orderId: OrderId): Promise<void>;
  cancelShipment(orderId: OrderId): Promise<CompensationResult>;
  /** Applies the carrier's status of the parcel; answers it where it is final, else null. */
  checkDelivery(orderId: OrderId): Promise<ShipmentReport | null>;
}

/** Activities that return money or take a parcel back: their calls to providers go before others that wait for a limit. */
export const COMPENSATIONS: readonly string[] = [
  'reversePayment',
  'createRefund',
  'cancelShipment',
] satisfies readonly (keyof StepActivities)[];

/** Keeps our payment records in sync with the provider, apart from the steps. */
export interface PaymentSyncActivities {
  syncPayment(orderId: OrderId): Promise<void>;
}

/** Runs on a separate task queue, so that a mail outage never delays payments. */
export interface EmailActivities {
  sendConfirmation(orderId: OrderId): Promise<void>;
  sendShippingNotice(orderId: OrderId): Promise<void>;
  sendDeliveryNotice(orderId: OrderId): Promise<void>;
  /**
   * Sends the delivery notice, and closes the order with the statement that records it.
   *
   * @returns whether the order is closed: not where the mail was refused, or recorded by an attempt that closed nothing
   */
  closeWithDeliveryNotice(orderId: OrderId): Promise<boolean>;
  /** For a parcel that was returned or is lost. */
  sendFailedDeliveryNotice(orderId: OrderId): Promise<void>;
  sendCancellationNotice(orderId: OrderId): Promise<void>;
  sendRejectionNotice(orderId: OrderId): Promise<void>;
  sendRefundNotice(orderId: OrderId, refundId: string): Promise<void>;
}

/** Emails that no decision depends on. */
export type LocalEmailActivities = Pick<EmailActivities, 'sendShippingNotice' | 'closeWithDeliveryNotice'>;

/** Stores what the workflow itself decides. */
export interface DecisionActivities {
  openAttention(orderId: OrderId, attention: NewAttention): Promise<void>;
  /** `action` is null when the order continued, or was compensated, without an operator's answer. */
  resolveAttention(orderId: OrderId, attentionId: string, action: Resolution | null): Promise<void>;
  /** @returns the order's status afterwards: anything but `cancelling` means that it is too late */
  beginCancellation(orderId: OrderId, reason: EndReason): Promise<OrderStatus>;
  /** Writes the end of a compensated order before its notice is sent. */
  endOrder(orderId: OrderId, end: OrderEnd): Promise<EndAnswer>;
  closeOrder(orderId: OrderId, end: OrderEnd): Promise<EndAnswer>;
  /** Where another run resumes the order. */
  loadResumePoint(orderId: OrderId): Promise<ResumePoint>;
}

export interface NewAttention {
  readonly id: string;
  readonly kind: AttentionKind;
  readonly step: StepName;
  /** The refund whose run waits, where it is not the order's. */
  readonly refundId?: string;
  /** Whether the step's compensation is what cannot be done. */
  readonly isCompensation: boolean;
  /** A failure's code. */
  readonly reason: string;
}

export type OrderEnd =
  | { readonly status: 'delivered' | 'undelivered' }
  | { readonly status: 'rejected' | 'cancelled'; readonly reason: EndReason };

/** Whether the order could be ended so, decided in the statement that would write it. */
export type EndAnswer =
  | { readonly is: 'ended' }
  /** A refund is due first. */
  | { readonly is: 'refund_due' }
  /** It was confirmed before it could be rejected, so it can only be cancelled, for this reason. */
  | { readonly is: 'confirmed'; readonly reason: EndReason }
  /** The order's state does not allow that end, so an attention is opened. */
  | { readonly is: 'not_allowed' };

/** The step that a failing attempt of an activity is shown under. */
export const ACTIVITY_STEPS: Readonly<Record<keyof StepActivities | keyof EmailActivities, StepName>> = {
  validateOrder: 'validate',
  reserveStock: 'reserve',
  validateAndReserve: 'reserve',
  reserveAndCharge: 'reserve',
  releaseStock: 'reserve',
  chargePayment: 'charge',
  checkPayment: 'charge',
  capturePayment: 'capture',
  reversePayment: 'charge',
  createRefund: 'charge',
  createShipment: 'ship',
  cancelShipment: 'ship',
  checkDelivery: 'deliver',
  sendConfirmation: 'confirm',
  sendShippingNotice: 'announce',
  sendDeliveryNotice: 'notify',
  closeWithDeliveryNotice: 'notify',
  sendFailedDeliveryNotice: 'notify',
  sendCancellationNotice: 'notify',
  sendRejectionNotice: 'notify',
  sendRefundNotice: 'notify',
};

/** The activities that decide about an order; they belong to no step. */
export const DECISIONS: Readonly<Record<keyof DecisionActivities, true>> = {
  openAttention: true,
  resolveAttention: true,
  beginCancellation: true,
  endOrder: true,
  closeOrder: true,
  loadResumePoint: true,
};

/**
 * How a failure is marked in a history: its type decides the workflow's reaction, its message is the code. A
 * question's details name the kind of its attention.
 */
export const FAILURE_TYPES = {
  refusal: 'Refusal',
  outage: 'Outage',
  bug: 'Bug',
  attentionRequired: 'AttentionRequired',
} as const;
