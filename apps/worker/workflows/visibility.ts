import { upsertSearchAttributes } from '@temporalio/workflow';

import { OrderAttentionAttribute, OrderStatusAttribute } from '#libs/contracts/order-workflow';
import type { OrderStatus } from '#libs/order/states';
import type { StepName } from '#libs/order/steps';

export type OrderSign = ReturnType<typeof orderSign>;

/** Keeps what `temporal workflow list` can be asked for. Each change is one event in the history. */
export function orderSign() {
  let shown: OrderStatus = 'pending';
  return {
    status(status: OrderStatus): void {
      if (status === shown) return;
      shown = status;
      upsertSearchAttributes([{ key: OrderStatusAttribute, value: status }]);
    },
    /** @param step the step that waits for a person; null when none does any more */
    attention(step: StepName | null): void {
      upsertSearchAttributes([{ key: OrderAttentionAttribute, value: step }]);
    },
  };
}
