import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import {
  type OpenAttention,
  OrderAttentionAttribute,
  OrderStatusAttribute,
} from '#libs/contracts/workflows/order-workflow';
import type { OrderStatus } from '#libs/domain/order/states';
import type { StepName } from '#libs/domain/order/steps';

export type OrderSign = ReturnType<typeof orderSign>;

/** What an order is doing, or waits for, while a step runs. */
const DOING: Readonly<Record<StepName, string>> = {
  validate: 'checking products and country',
  reserve: 'reserving the goods',
  charge: 'waiting for the payment',
  ship: 'waiting for the label',
  capture: 'taking the money that is held',
  confirm: 'mailing the confirmation',
  announce: 'mailing that the parcel is on its way',
  deliver: 'waiting for the parcel to arrive',
  notify: 'mailing how it ended',
};

/**
 * Keeps what `temporal workflow list` can be asked for, each change of which is one event in the history, and the
 * details that Temporal's UI shows of a run, which are none.
 */
export function orderSign() {
  let shown: OrderStatus = 'pending';
  let name = workflowInfo().workflowId;
  let doing: readonly StepName[] = [];
  let asking: readonly OpenAttention[] = [];

  const tell = () =>
    setCurrentDetails(
      [
        `**${name}**: ${shown}`,
        ...doing.map((step) => `- ${DOING[step]}`),
        ...asking.map(
          ({ id, kind, step, reason }) =>
            `- needs an operator: ${kind} in ${step}, ${reason} (attention ${id})`,
        ),
      ].join('\n'),
    );
  tell();

  return {
    status(status: OrderStatus): void {
      if (status === shown) return;
      shown = status;
      upsertSearchAttributes([{ key: OrderStatusAttribute, value: status }]);
      tell();
    },
    /** @param open what waits for a person; the newest last */
    attention(open: readonly OpenAttention[]): void {
      asking = open;
      upsertSearchAttributes([{ key: OrderAttentionAttribute, value: open.at(-1)?.step ?? null }]);
      tell();
    },
    /** @param steps those that run or wait */
    steps(steps: Iterable<StepName>): void {
      doing = [...steps];
      tell();
    },
    /** @param number what people call the order */
    number(number: string): void {
      name = `Order ${number}`;
      tell();
    },
  };
}
