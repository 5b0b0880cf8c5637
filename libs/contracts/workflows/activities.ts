import type { AttentionKind } from '#libs/domain/order/attention';
import type { ShipmentReport } from '#libs/domain/fulfilment/carrier-event';
import type { EndReason } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { RefundState } from '#libs/domain/refund/refund';
import type { OrderStanding } from '#libs/domain/order/standing';
import type { OrderStatus } from '#libs/domain/order/states';
import type { Resolution, StepName } from '#libs/domain/order/steps';

/** `too_late`: what was to be undone has become final, and the order goes on. */
export type UndoAnswer = 'undone' | 'too_late';

/** `refunding`: the money was taken, and these refunds of it are booked, each to be made by its own run. */
export type ReturnAnswer = UndoAnswer | { readonly refunding: readonly string[] };

/** Where an attempt to pay stands: `waiting` for the shopper or the provider, `declined` with time to try again. */
export interface PaymentAnswer {
  readonly is: 'paid' | 'waiting' | 'declined';
  /** When an authorization lapses; milliseconds since 1970. */
  readonly holdUntil?: number;
}

/** Why money goes back. Money that arrives although the window is over keeps the order; else it is refunded. */
export type ReturnReason = 'refused' | 'expired' | 'cancelled' | 'undelivered';

/** The steps of an order and their undos. Each is idempotent and takes the order's id first. */
export interface StepActivities {
  /** @returns the order's number, by which people know it */
  validateOrder(orderId: OrderId): Promise<string>;
  reserveStock(orderId: OrderId): Promise<void>;
  releaseStock(orderId: OrderId): Promise<UndoAnswer>;
  /** Makes the attempt to pay that was asked for last. */
  chargePayment(orderId: OrderId): Promise<PaymentAnswer>;
  /** Asks the provider what became of the order's money, and applies it. */
  checkPayment(orderId: OrderId): Promise<PaymentAnswer>;
  /** Takes the money that was held. */
  capturePayment(orderId: OrderId): Promise<void>;
  returnPayment(orderId: OrderId, reason: ReturnReason): Promise<ReturnAnswer>;
  /** Makes a refund that was booked, once; answers how it stands at the provider. */
  createRefund(orderId: OrderId, refundId: string): Promise<RefundState>;
  createShipment(orderId: OrderId): Promise<void>;
  cancelShipment(orderId: OrderId): Promise<UndoAnswer>;
  /** Asks the carrier what became of the parcel, and applies it; answers an arrival, or null when there is none. */
  checkDelivery(orderId: OrderId): Promise<ShipmentReport | null>;
}

/** What is done about an order's money apart from its steps. */
export interface MoneyActivities {
  /** Asks the provider what became of the order's money, and applies it. */
  followPayment(orderId: OrderId): Promise<void>;
}

/** What runs on the email task queue, so that a mail outage never holds up payments. */
export interface EmailActivities {
  sendConfirmation(orderId: OrderId): Promise<void>;
  /** The parcel is on its way. */
  sendShippingNotice(orderId: OrderId): Promise<void>;
  sendDeliveryNotice(orderId: OrderId): Promise<void>;
  /** The parcel came back or is lost. */
  sendFailedDelivery(orderId: OrderId): Promise<void>;
  sendCancellation(orderId: OrderId): Promise<void>;
  sendRejection(orderId: OrderId): Promise<void>;
  sendRefundNotice(orderId: OrderId, refundId: string): Promise<void>;
}

/** What the workflow itself decides, written down. */
export interface DecisionActivities {
  parkOrder(orderId: OrderId, attention: NewAttention): Promise<void>;
  /** `action` is null when the order went on, or fell, without an operator's answer. */
  resumeOrder(orderId: OrderId, attentionId: string, action: Resolution | null): Promise<void>;
  /** @returns the order's status afterwards: anything but `cancelling` means that it is too late */
  beginCancellation(orderId: OrderId, reason: EndReason): Promise<OrderStatus>;
  /** Writes the end of an order that was taken back; its run still has something to tell. */
  endOrder(orderId: OrderId, end: OrderEnd): Promise<EndAnswer>;
  closeOrder(orderId: OrderId, end: OrderEnd): Promise<EndAnswer>;
  /** Where a run that takes the order up goes on from, by the books. */
  readStanding(orderId: OrderId): Promise<OrderStanding>;
}

export interface NewAttention {
  readonly id: string;
  readonly kind: AttentionKind;
  readonly step: StepName;
  /** The refund whose run waits, where it is not the order's. */
  readonly refundId?: string;
  /** Whether it is the step's undo that is stuck. */
  readonly undo: boolean;
  /** A failure's code. */
  readonly reason: string;
}

export type OrderEnd =
  | { readonly status: 'delivered' | 'undelivered' }
  | { readonly status: 'rejected' | 'cancelled'; readonly reason: EndReason };

/** Whether an order could end as its run wanted, by the books as they stood in that statement. */
export type EndAnswer =
  | { readonly is: 'ended' }
  /** Money is owed that nothing was done about: it goes back first. */
  | { readonly is: 'owing' }
  /** It was confirmed before it could be rejected, so it can only be cancelled, for this reason. */
  | { readonly is: 'confirmed'; readonly reason: EndReason }
  /** Nothing that a run can do leads to that end, so a person is asked. */
  | { readonly is: 'left_open' };

/** Which step each of its activities belongs to: where a failing attempt is shown as waiting. */
export const ACTIVITY_STEPS: Readonly<Record<keyof StepActivities | keyof EmailActivities, StepName>> = {
  validateOrder: 'validate',
  reserveStock: 'reserve',
  releaseStock: 'reserve',
  chargePayment: 'charge',
  checkPayment: 'charge',
  capturePayment: 'capture',
  returnPayment: 'charge',
  createRefund: 'charge',
  createShipment: 'ship',
  cancelShipment: 'ship',
  checkDelivery: 'deliver',
  sendConfirmation: 'confirm',
  sendShippingNotice: 'announce',
  sendDeliveryNotice: 'notify',
  sendFailedDelivery: 'notify',
  sendCancellation: 'notify',
  sendRejection: 'notify',
  sendRefundNotice: 'notify',
};

/**
 * How a failure is marked in a history: its type says what the workflow does with it, its message is the code. A
 * question's details say which kind of attention asks it.
 */
export const FAILURE_TYPES = {
  refusal: 'Refusal',
  outage: 'Outage',
  bug: 'Bug',
  question: 'Question',
} as const;
