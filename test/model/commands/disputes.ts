import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { hasOrders, pickOrder } from '../model.js';

/** A shopper disputes a payment: the bank takes the money, or a part of it, or only opens an inquiry. */
export const disputeOpens: fc.Arbitrary<Command> = fc
  .record({
    pick: fc.nat(),
    amount: fc.constantFrom(undefined, undefined, 500),
    inquiry: fc.constantFrom(false, false, true),
  })
  .map(({ pick, amount, inquiry }) =>
    command(
      `a shopper disputes ${amount ?? 'all'} of a payment${inquiry ? ', and the bank only asks' : ''}`,
      async (model, real) => {
        const order = pickOrder(model, pick);
        // The bank cannot take the same money twice.
        if (await real.isDisputed(order)) return;
        for (const { id, status } of await real.system.intents(order.id))
          if (status === 'succeeded')
            await real.control('/disputes', { payment_intent: id, inquiry, ...(amount ? { amount } : {}) });
      },
      hasOrders,
    ),
  );

export const disputeEnds: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), becomes: fc.constantFrom('won', 'lost') })
  .map(({ pick, becomes }) =>
    command(
      `the disputes of an order are ${becomes}`,
      async (model, real) => {
        for (const { id } of (await real.moneyThere(pickOrder(model, pick).id)).disputes)
          if (await real.control(`/disputes/${id}`, { becomes })) model.came.add(`a dispute is ${becomes}`);
      },
      hasOrders,
    ),
  );
