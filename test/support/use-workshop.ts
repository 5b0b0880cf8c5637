import { afterAll, afterEach, beforeAll } from 'vitest';

import { Workshop, type WorkshopOptions } from './workshop.js';

/**
 * Opens a workshop for the tests of a `describe`, clears what each of them scripted, and checks the invariants
 * after the last.
 */
export function useWorkshop(opened: (shop: Workshop) => void, options?: WorkshopOptions): void {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(options);
    opened(shop);
  });
  afterEach(async () => {
    shop.inbox.answer = undefined;
    await shop.clearFaults();
  });
  afterAll(async () => {
    try {
      await shop.checkInvariants();
    } finally {
      await shop.close();
    }
  });
}
