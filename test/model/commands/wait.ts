import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { pickOrder } from '../model.js';

/** How long the command waits for a stuck order, in milliseconds. */
const PATIENCE = 1_500;

/** Waits until an order has changed. */
export const wait: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), events: fc.integer({ min: 1, max: 6 }) })
  .map(({ pick, events }) =>
    command(
      `time passes until ${events} more things have happened to an order`,
      async (model, real) => {
        const { id } = pickOrder(model, pick);
        await real.progress(id, (await real.events(id)) + events, PATIENCE);
      },
      (model) => model.isWorkerUp && model.orders.length > 0,
    ),
  );
