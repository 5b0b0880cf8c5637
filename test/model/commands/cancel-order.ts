import { WorkflowNotFoundError } from '@temporalio/client';
import fc from 'fast-check';

import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';

import { type Command, command } from '../command.js';
import { hasOrders, pickOrder } from '../model.js';

/** An operator cancels an order through Temporal; an order without a run is not affected. */
export const cancelOrder: fc.Arbitrary<Command> = fc.nat().map((pick) =>
  command(
    'an order is cancelled through Temporal',
    async (model, { system }) => {
      const order = pickOrder(model, pick);
      try {
        await system.client.workflow.getHandle(orderWorkflowId(order.id)).cancel();
        order.mayEnd.add('cancelled');
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
    hasOrders,
  ),
);
