import fc from 'fast-check';

import { type Command, command } from '../command.js';

const MODES = ['normal', 'duplicated', 'delayed', 'reordered', 'withheld'] as const;

/** From now on the gateway's events come late, twice, in another order, or not at all. */
export const deliverEvents: fc.Arbitrary<Command> = fc
  .record({ mode: fc.constantFrom(...MODES), delay: fc.integer({ min: 50, max: 1_500 }) })
  .map(({ mode, delay }) =>
    command(`from now on the gateway's events are ${mode} (${delay} ms)`, async (model, real) => {
      await real.deliverEvents({ mode, delay });
      if (mode === 'withheld') model.eventsWereWithheld = true;
    }),
  );
