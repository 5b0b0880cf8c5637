import { CancellationScope, condition, setHandler, uuid4 } from '@temporalio/workflow';

import type { DecisionActivities } from '#libs/contracts/workflows/activities';
import {
  attention,
  attentionResolved,
  type OpenAttention,
  type OperatorAnswer,
} from '#libs/contracts/workflows/order-workflow';
import type { AttentionKind } from '#libs/domain/order/attention';
import type { OrderId } from '#libs/domain/order/order-id';
import type { StepName } from '#libs/domain/order/steps';

import type { OrderSearchAttributes } from '../visibility.js';

/** An open attention. */
export interface AttentionHandle {
  answer(): OperatorAnswer | undefined;
  /** Waits for an operator's answer. @param timeout milliseconds; without it, as long as it takes */
  waitForAnswer(timeout?: number, summary?: string): Promise<OperatorAnswer | undefined>;
  /** Resolves the attention, answered or not. */
  resolve(): Promise<void>;
}

export type AttentionRequests = ReturnType<typeof attentionRequests>;

/** Opens attentions for an operator and receives the answers. */
export function attentionRequests(
  orderId: OrderId,
  searchAttributes: OrderSearchAttributes,
  { openAttention, resolveAttention }: DecisionActivities,
  /** The refund, in a refund's run. */
  refundId?: string,
) {
  const open = new Map<string, OpenAttention>();
  const answers = new Map<string, OperatorAnswer>();

  setHandler(attention, () => [...open.values()]);
  setHandler(attentionResolved, ({ attentionId, action, by }) => {
    answers.set(attentionId, { action, by });
  });

  const publish = () => searchAttributes.setAttention([...open.values()]);

  return {
    async open(
      kind: AttentionKind,
      step: StepName,
      reason: string,
      isCompensation = false,
    ): Promise<AttentionHandle> {
      const id = uuid4();
      open.set(id, { id, kind, step, reason });
      publish();
      await CancellationScope.nonCancellable(() =>
        openAttention(orderId, { id, kind, step, reason, isCompensation, refundId }),
      );
      return {
        answer: () => answers.get(id),
        async waitForAnswer(timeout, summary = 'Next attempt, unless an operator answers') {
          const isAnswered = () => answers.has(id);
          await (timeout === undefined ? condition(isAnswered) : condition(isAnswered, timeout, { summary }));
          return answers.get(id);
        },
        async resolve() {
          open.delete(id);
          publish();
          await CancellationScope.nonCancellable(() =>
            resolveAttention(orderId, id, answers.get(id)?.action ?? null),
          );
        },
      };
    },
  };
}
