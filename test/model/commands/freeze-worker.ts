import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { pickOrder } from '../model.js';

/** How long it waits for the order to get that far, in milliseconds. */
const PATIENCE = 1_000;
/** Longer than the heartbeat time-out of an attempt, in milliseconds. */
const GIVEN_UP = 7_000;

/** The worker freezes during its activities, and resumes beside the attempts that have taken over from it. */
export const freezeWorker: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), events: fc.integer({ min: 1, max: 6 }) })
  .map(({ pick, events }) =>
    command(
      `the worker freezes at an order's event ${events}, is overtaken, and goes on`,
      async (model, real) => {
        const { id } = pickOrder(model, pick);
        await real.progress(id, events, PATIENCE);
        await real.freezeWorker(id, GIVEN_UP);
        model.came.add('the worker freezes, and is overtaken');
        model.workerFailed = true;
      },
      (model) => model.isWorkerUp && model.orders.length > 0,
    ),
  );
