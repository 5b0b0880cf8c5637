import type { Client } from '@temporalio/client';

/** Milliseconds. */
const TIMEOUT = 1_500;

/** Checks whether Temporal answers and has the namespace. */
export class TemporalProbe {
  constructor(private readonly client: Client) {}

  async ping(): Promise<void> {
    const { client } = this;
    const { namespace } = client.options;
    await client.withDeadline(Date.now() + TIMEOUT, () =>
      client.workflowService.describeNamespace({ namespace }),
    );
  }
}
