import { afterAll, afterEach, beforeAll } from 'vitest';

import { WorkflowHarness, type WorkflowHarnessOptions } from './workflow-harness.js';

export interface UseWorkflowHarnessOptions extends WorkflowHarnessOptions {
  /** The tests run at once, so that their orders are at rest only after the last of them. */
  readonly concurrent?: boolean;
}

/**
 * Opens a harness for the tests of a `describe`. After each of them, clears what it scripted and checks the
 * invariants, so that what breaks one is known by its test.
 */
export function useWorkflowHarness(
  opened: (shop: WorkflowHarness) => void,
  { concurrent = false, ...options }: UseWorkflowHarnessOptions = {},
): void {
  let shop: WorkflowHarness | undefined;
  beforeAll(async () => {
    shop = await WorkflowHarness.open(options);
    opened(shop);
  });
  const check = async () => {
    if (!shop) return;
    shop.inbox.answer = undefined;
    await shop.clearFaults();
    await shop.checkInvariants();
  };
  if (!concurrent) afterEach(check);
  afterAll(async () => {
    try {
      if (concurrent) await check();
    } finally {
      await shop?.close();
    }
  });
}
