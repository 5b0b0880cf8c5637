import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';

import type { AttentionKind } from '#libs/domain/order/attention';
import type { ShipmentReport } from '#libs/domain/fulfilment/carrier-event';
import type { Actor } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { RefundState } from '#libs/domain/refund/refund';
import type { PaymentStatus } from '#libs/domain/order/states';
import type { Resolution, StepName } from '#libs/domain/order/steps';

/** The workflows' type names, by which they are started: no app imports another. */
export const ORDER_WORKFLOW = 'OrderWorkflow';
export const REFUND_WORKFLOW = 'RefundWorkflow';
export const PAYMENT_SYNC_WORKFLOW = 'PaymentSyncWorkflow';

/** What each kind of run does, as Temporal's UI shows it. */
export const WORKFLOW_SUMMARIES = {
  order: 'Takes an order from its acceptance to its end: goods, payment, parcel, mails',
  refund: 'Makes a refund and follows it until it has succeeded or failed',
  payment: 'Syncs an order’s payment with the payment provider',
} as const;

export const TASK_QUEUES = { orders: 'order-processing', email: 'email' } as const;

export const orderWorkflowId = (orderId: OrderId) => `order-${orderId}`;
export const refundWorkflowId = (refundId: string) => `refund-${refundId}`;
export const paymentSyncWorkflowId = (orderId: OrderId) => `payment-sync-${orderId}`;

/** Ids and rules only: no history carries personal data. */
export interface OrderWorkflowInput {
  readonly orderId: OrderId;
  readonly policy: OrderPolicy;
}

export interface OrderRunInput extends OrderWorkflowInput {
  /** Which of the order's runs this is, from 2 on; absent for the first. */
  readonly run?: number;
}

/** A refund keeps its order's rules. */
export interface RefundWorkflowInput extends OrderWorkflowInput {
  readonly refundId: string;
}

export interface PaymentSyncWorkflowInput {
  readonly orderId: OrderId;
}

/** Sent to `PaymentSyncWorkflow`: the provider shows a change that is not booked yet. */
export const paymentSyncRequested = defineSignal('paymentSyncRequested');

export type OrderOutcome = 'delivered' | 'undelivered' | 'rejected' | 'cancelled';

/** A carrier's event was applied; carries the resulting state. States only move forward, so repeats are harmless. */
export const shipmentReported =
  defineSignal<[{ readonly eventId: string; readonly state: ShipmentReport }]>('shipmentReported');

/** A change at the payment provider was applied; carries the resulting state. */
export const paymentReported = defineSignal<[{ readonly state: PaymentStatus }]>('paymentReported');

/** Another payment method was given; attempts count from 1. */
export const paymentAttempted = defineSignal<[{ readonly attempt: number }]>('paymentAttempted');

/** A client or an operator requested to cancel the order. */
export const cancellationRequested = defineSignal<[{ readonly by: Actor }]>('cancellationRequested');

/** A refund was made, or has succeeded or failed. Sent to its own run, and by that run to the order's. */
export const refundReported =
  defineSignal<[{ readonly refundId: string; readonly state: RefundState }]>('refundReported');

export interface OperatorAnswer {
  readonly action: Resolution;
  readonly by: Actor;
}

/** An operator answered an attention. */
export const attentionResolved =
  defineSignal<[{ readonly attentionId: string } & OperatorAnswer]>('attentionResolved');

/** Which steps are done and which are running or parked. For operators; the API reads PostgreSQL. */
export const progress = defineQuery<OrderProgress>('progress');

export interface OrderProgress {
  readonly done: readonly StepName[];
  readonly running: readonly StepName[];
  /** Steps whose compensation has run, in the order in which it ran. */
  readonly compensated: readonly StepName[];
}

/** The attentions that are open in this run. */
export const attention = defineQuery<readonly OpenAttention[]>('attention');

export interface OpenAttention {
  readonly id: string;
  readonly kind: AttentionKind;
  readonly step: StepName;
  readonly reason: string;
}

export const OrderStatusAttribute = defineSearchAttributeKey('OrderStatus', SearchAttributeType.KEYWORD);
/** The step of the newest open attention; absent when none is open. */
export const OrderAttentionAttribute = defineSearchAttributeKey(
  'OrderAttention',
  SearchAttributeType.KEYWORD,
);
