import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';

/** Histories read at once. */
const ABREAST = 10;

/**
 * Replays every run of the namespace from its first event, as a worker does that takes it over after a crash, which
 * proves that the workflows are deterministic.
 *
 * @param codePath the bundle to replay them with
 * @throws Error naming each run that the code cannot resume
 */
export async function checkReplay(client: Client, codePath: string): Promise<void> {
  const histories = client.workflow.list().intoHistories({ concurrency: ABREAST });
  const broken: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: { codePath } },
    histories,
  )) {
    if (error) broken.push(`${workflowId}: ${error.message}`);
  }
  if (broken.length > 0) throw new Error(`runs that cannot be replayed:\n${broken.join('\n')}`);
}
