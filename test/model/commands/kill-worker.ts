import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { type Model, pickOrder } from '../model.js';
import type { Real } from '../real.js';

/** How long it waits for the order to get that far, in milliseconds. */
const PATIENCE = 1_000;

/** The worker dies once an order has reached an event, and is started again, at once or later. */
export const killWorker: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), events: fc.integer({ min: 1, max: 7 }), back: fc.boolean() })
  .map(({ pick, events, back }) =>
    command(
      `the worker is killed at an order's event ${events}${back ? ' and started again' : ''}`,
      async (model, real) => {
        await real.progress(pickOrder(model, pick).id, events, PATIENCE);
        await real.kill('worker');
        model.came.add('the worker is killed');
        model.workerFailed = true;
        model.isWorkerUp = false;
        if (back) start(model, real);
      },
      (model) => model.isWorkerUp && model.orders.length > 0,
    ),
  );

export const startWorker: fc.Arbitrary<Command> = fc.constant(
  command(
    'the worker is started again',
    async (model, real) => start(model, real),
    (model) => !model.isWorkerUp,
  ),
);

function start(model: Model, real: Real): void {
  real.startWorker();
  model.isWorkerUp = true;
}
