import { upsertSearchAttributes } from '@temporalio/workflow';

import { OrderAttentionAttribute, OrderStatusAttribute } from '#libs/contracts/order-workflow';
import type { OrderStatus } from '#libs/order/states';
import type { StepName } from '#libs/order/steps';

/** Keeps what `temporal workflow list` can be asked for. Each call is one event in the history. */
export function showStatus(status: OrderStatus): void {
  upsertSearchAttributes([{ key: OrderStatusAttribute, value: status }]);
}

/** @param step the step that waits for a person; null when none does any more */
export function showAttention(step: StepName | null): void {
  upsertSearchAttributes([{ key: OrderAttentionAttribute, value: step }]);
}
