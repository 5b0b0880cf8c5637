import type { Client } from '@temporalio/client';

/** What a run has left at Temporal. */
export interface HistoryCounts {
  readonly events: number;
  /** Those that a worker completed. */
  readonly workflowTasks: number;
}

export async function historyCounts(client: Client, workflowId: string): Promise<HistoryCounts> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const all = events ?? [];
  return {
    events: all.length,
    workflowTasks: all.filter((event) => event.workflowTaskCompletedEventAttributes).length,
  };
}
