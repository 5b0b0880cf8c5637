import { afterAll, afterEach, beforeAll } from 'vitest';

import { Workshop, type WorkshopOptions } from './workshop.js';

/**
 * Opens a workshop for the tests of a `describe`; after each of them, clears what it scripted and checks the
 * invariants, so that what breaks one is known by its test.
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
    await shop.checkInvariants();
  });
  afterAll(async () => {
    await shop.close();
  });
}
