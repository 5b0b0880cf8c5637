import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** The default of a server is 24 h; a person looks at last week's orders. */
export const RETENTION_HOURS = 720;
/** Of the enumeration IndexedValueType. */
const KEYWORD = 2;
/** What orders are found by, beside what every run has. */
export const SEARCH_ATTRIBUTES = ['OrderStatus', 'OrderAttention'] as const;

/** Milliseconds. A new namespace is known to every part of a server within some seconds. */
const KNOWN_WITHIN = 60_000;
const PAUSE = 250;

/** Registers namespaces at a server, with retention and search attributes, and waits until it knows them. */
export async function registerNamespaces(address: string, namespaces: readonly string[]): Promise<void> {
  const connection = await untilKnown(() => Connection.connect({ address }));
  try {
    const { workflowService, operatorService } = connection;
    const searchAttributes = Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, KEYWORD]));
    const workflowExecutionRetentionPeriod = msToTs(RETENTION_HOURS * 3_600_000);
    // One after the other: Temporal refuses updates that overtake each other.
    for (const namespace of namespaces)
      await untilKnown(() =>
        workflowService
          .registerNamespace({ namespace, workflowExecutionRetentionPeriod })
          .catch(unlessAlreadyThere),
      );
    for (const namespace of namespaces)
      await untilKnown(() => operatorService.addSearchAttributes({ namespace, searchAttributes }));
    const query = SEARCH_ATTRIBUTES.map((name) => `${name} = 'none'`).join(' OR ');
    for (const namespace of namespaces)
      await untilKnown(() => workflowService.countWorkflowExecutions({ namespace, query }));
  } finally {
    await connection.close();
  }
}

const ALREADY_EXISTS = 6;

function unlessAlreadyThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)) throw error;
}

/** Repeats what fails while the server does not know a namespace yet, or has only just started. */
async function untilKnown<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + KNOWN_WITHIN;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(PAUSE);
    }
  }
}
