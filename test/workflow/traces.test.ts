import { describe, expect, it } from 'vitest';

import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('without a collector', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  it('a run has no header, from its start over its signals to its activities', async () => {
    const id = await shop.place();
    await shop.label(id);
    const { events } = await shop.handle(id).fetchHistory();
    const headers = (events ?? []).map(
      (event) =>
        event.workflowExecutionStartedEventAttributes?.header ??
        event.workflowExecutionSignaledEventAttributes?.header ??
        event.activityTaskScheduledEventAttributes?.header,
    );
    const fields = headers.flatMap((header) => Object.keys(header?.fields ?? {}));
    expect(headers.length).toBeGreaterThan(5);
    expect(fields).toEqual([]);
  });
});
