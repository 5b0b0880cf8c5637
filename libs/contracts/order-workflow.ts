import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';

import type { AttentionKind } from '#libs/order/attention';
import type { ShipmentReport } from '#libs/order/carrier-event';
import type { Actor } from '#libs/order/end';
import type { OrderId } from '#libs/order/order-id';
import type { OrderPolicy } from '#libs/order/policy';
import type { Resolution, StepName } from '#libs/order/steps';

/** The workflow's type name, by which it is started: no app imports another. */
export const ORDER_WORKFLOW = 'OrderWorkflow';

export const TASK_QUEUES = { orders: 'order-processing', email: 'email' } as const;

export const orderWorkflowId = (orderId: OrderId) => `order-${orderId}`;

/** Ids and rules only: no history carries personal data. */
export interface OrderWorkflowInput {
  readonly orderId: OrderId;
  readonly policy: OrderPolicy;
}

export type OrderOutcome = 'delivered' | 'undelivered' | 'rejected' | 'cancelled';

/** A carrier's event was applied; carries the resulting state. States only move forward, so repeats are harmless. */
export const shipmentReported =
  defineSignal<[{ readonly eventId: string; readonly state: ShipmentReport }]>('shipmentReported');

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
  /** Undos that have run, when the order is being taken back. */
  readonly undone: readonly StepName[];
}

/** What waits for a person in this run. */
export const attention = defineQuery<readonly OpenAttention[]>('attention');

export interface OpenAttention {
  readonly id: string;
  readonly kind: AttentionKind;
  readonly step: StepName;
  readonly reason: string;
}

export const OrderStatusAttribute = defineSearchAttributeKey('OrderStatus', SearchAttributeType.KEYWORD);
/** The step that waits for a person; absent when none does. */
export const OrderAttentionAttribute = defineSearchAttributeKey(
  'OrderAttention',
  SearchAttributeType.KEYWORD,
);
