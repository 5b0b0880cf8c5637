import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { hasOrders, paidEnd, pickOrder } from '../model.js';

/** A bank decides about a pending payment, or lets a hold lapse. */
export const bankDecides: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), becomes: fc.constantFrom('succeeded', 'succeeded', 'failed') })
  .map(({ pick, becomes }) =>
    command(
      `a payment in processing becomes ${becomes}`,
      async (model, real) => {
        const order = pickOrder(model, pick);
        for (const { id, status } of await real.system.intents(order.id)) {
          if (status !== 'processing') continue;
          if (becomes === 'succeeded') order.mayEnd.add(paidEnd(order.draft));
          await real.control(`/payment-intents/${id}`, { becomes });
        }
      },
      hasOrders,
    ),
  );

export const holdLapses: fc.Arbitrary<Command> = fc.nat().map((pick) =>
  command(
    'a bank lets a hold lapse',
    async (model, real) => {
      const order = pickOrder(model, pick);
      for (const { id, status } of await real.system.intents(order.id)) {
        if (status !== 'requires_capture') continue;
        if (!(await real.control(`/payment-intents/${id}/lapse`, {}))) continue;
        order.holdLapsed = true;
        model.came.add('a hold lapses');
      }
    },
    hasOrders,
  ),
);
