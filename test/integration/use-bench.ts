import { afterAll, beforeAll } from 'vitest';

import { Bench } from './bench.js';

/**
 * What the tests leave behind: orders that are closed or wait for a known event, orders that no run carries on, or
 * rows that no service would write, which are not checked.
 */
type Leftovers = 'orders at rest' | 'orders in progress' | 'impossible rows';

/** Opens a store for the tests of a `describe`, and checks the invariants after the last of them. */
export function useBench(opened: (bench: Bench) => void, leftovers: Leftovers = 'orders at rest'): void {
  let bench: Bench | undefined;
  beforeAll(async () => {
    bench = await Bench.open();
    opened(bench);
  });
  afterAll(async () => {
    try {
      if (leftovers !== 'impossible rows')
        await bench?.checkInvariants({ isAtRest: leftovers === 'orders at rest' });
    } finally {
      await bench?.end();
    }
  });
}
