import { afterAll, beforeAll } from 'vitest';

import { Bench } from './bench.js';

/**
 * Opens a store for the tests of a `describe`, and checks the invariants after the last of them.
 *
 * @param isChecked false where the tests write rows that no service would
 */
export function useBench(opened: (bench: Bench) => void, { isChecked = true } = {}): void {
  let bench: Bench | undefined;
  beforeAll(async () => {
    bench = await Bench.open();
    opened(bench);
  });
  afterAll(async () => {
    try {
      if (isChecked) await bench?.checkInvariants();
    } finally {
      await bench?.end();
    }
  });
}
