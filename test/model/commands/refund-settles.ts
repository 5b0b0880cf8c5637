import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { hasOrders, pickOrder } from '../model.js';

/** A refund succeeds, or fails, also after it had succeeded. */
export const refundSettles: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), becomes: fc.constantFrom('succeeded', 'failed', 'canceled') })
  .map(({ pick, becomes }) =>
    command(
      `the refunds of an order become ${becomes}`,
      async (model, real) => {
        for (const { id } of (await real.moneyThere(pickOrder(model, pick).id)).refunds)
          if (await real.control(`/refunds/${id}`, { becomes }))
            model.came.add(`a refund becomes ${becomes} at the bank`);
      },
      hasOrders,
    ),
  );
