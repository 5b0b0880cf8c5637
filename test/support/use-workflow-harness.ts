import { afterAll, afterEach, beforeAll } from 'vitest';

import { WorkflowHarness, type WorkflowHarnessOptions } from './workflow-harness.js';

/**
 * Opens a harness for the tests of a `describe`; after each of them, clears what it scripted and checks the
 * invariants, so that what breaks one is known by its test.
 */
export function useWorkflowHarness(
  opened: (shop: WorkflowHarness) => void,
  options?: WorkflowHarnessOptions,
): void {
  let shop: WorkflowHarness;
  beforeAll(async () => {
    shop = await WorkflowHarness.open(options);
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
