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

import type { OrderSign } from '../visibility.js';

/** An attention that has been opened and waits for an answer. */
export interface Ticket {
  answer(): OperatorAnswer | undefined;
  /** Waits for an operator. @param patience milliseconds; without it, as long as it takes */
  answered(patience?: number): Promise<OperatorAnswer | undefined>;
  /** Ends it, answered or not. */
  close(): Promise<void>;
}

export type AttentionDesk = ReturnType<typeof attentionDesk>;

/** Where an order asks for a person, and hears the answer. */
export function attentionDesk(
  orderId: OrderId,
  sign: OrderSign,
  { parkOrder, resumeOrder }: DecisionActivities,
  /** The refund whose run this is; left out for the order's own. */
  refundId?: string,
) {
  const open = new Map<string, OpenAttention>();
  const answers = new Map<string, OperatorAnswer>();

  setHandler(attention, () => [...open.values()]);
  setHandler(attentionResolved, ({ attentionId, action, by }) => {
    answers.set(attentionId, { action, by });
  });

  const show = () => sign.attention([...open.values()]);

  return {
    async open(kind: AttentionKind, step: StepName, reason: string, undo = false): Promise<Ticket> {
      const id = uuid4();
      open.set(id, { id, kind, step, reason });
      show();
      await CancellationScope.nonCancellable(() =>
        parkOrder(orderId, { id, kind, step, reason, undo, refundId }),
      );
      return {
        answer: () => answers.get(id),
        async answered(patience) {
          const heard = () => answers.has(id);
          await (patience === undefined
            ? condition(heard)
            : condition(heard, patience, { summary: 'Next try, while an operator is asked' }));
          return answers.get(id);
        },
        async close() {
          open.delete(id);
          show();
          await CancellationScope.nonCancellable(() =>
            resumeOrder(orderId, id, answers.get(id)?.action ?? null),
          );
        },
      };
    },
  };
}
