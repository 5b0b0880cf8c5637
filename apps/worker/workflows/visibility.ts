import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import {
  type OpenAttention,
  OrderAttentionAttribute,
  OrderStatusAttribute,
} from '#libs/contracts/workflows/order-workflow';
import type { OrderStatus } from '#libs/domain/order/states';
import type { StepName } from '#libs/domain/order/steps';

export type OrderSearchAttributes = ReturnType<typeof orderSearchAttributes>;

/** What an order does, or waits for, while a step runs. */
const STEP_DETAILS: Readonly<Record<StepName, string>> = {
  validate: 'checking products and country',
  reserve: 'reserving the goods',
  charge: 'waiting for the payment',
  ship: 'waiting for the label',
  capture: 'capturing the authorized payment',
  confirm: 'mailing the confirmation',
  announce: 'mailing the shipping notice',
  deliver: 'waiting for the delivery',
  notify: 'mailing how the order ended',
};

/** The statuses of an order that goes on as it should. */
const ON_THE_WAY: readonly OrderStatus[] = ['pending', 'confirmed', 'shipped'];

/**
 * Updates an order's search attributes, each change of which is one event in the history, and the current details that
 * Temporal's UI shows, which add no event.
 *
 * @param options.skipsOnTheWay whether an order that goes on as it should keeps the status that it was last written with
 */
export function orderSearchAttributes({ skipsOnTheWay }: { readonly skipsOnTheWay: boolean }) {
  let current: OrderStatus = 'pending';
  let written: OrderStatus = current;
  let title = workflowInfo().workflowId;
  let running: readonly StepName[] = [];
  let openAttentions: readonly OpenAttention[] = [];

  const updateDetails = () =>
    setCurrentDetails(
      [
        `**${title}**: ${current}`,
        ...running.map((step) => `- ${STEP_DETAILS[step]}`),
        ...openAttentions.map(
          ({ id, kind, step, reason }) =>
            `- needs an operator: ${kind} in ${step}, ${reason} (attention ${id})`,
        ),
      ].join('\n'),
    );
  updateDetails();

  return {
    setStatus(status: OrderStatus): void {
      if (status === current) return;
      current = status;
      updateDetails();
      if (skipsOnTheWay && [written, status].every((each) => ON_THE_WAY.includes(each))) return;
      upsertSearchAttributes([{ key: OrderStatusAttribute, value: status }]);
      written = status;
    },
    /** @param open the open attentions, newest last */
    setAttention(open: readonly OpenAttention[]): void {
      openAttentions = open;
      const step = { key: OrderAttentionAttribute, value: open.at(-1)?.step ?? null };
      upsertSearchAttributes(
        written === current ? [step] : [step, { key: OrderStatusAttribute, value: current }],
      );
      written = current;
      updateDetails();
    },
    /** @param steps those that run or wait */
    setSteps(steps: Iterable<StepName>): void {
      running = [...steps];
      updateDetails();
    },
    setOrderNumber(number: string): void {
      title = `Order ${number}`;
      updateDetails();
    },
  };
}
