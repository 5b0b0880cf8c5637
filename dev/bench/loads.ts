import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, WorkflowNotFoundError } from '@temporalio/client';

import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';

import { BARE_TASK_QUEUE, BARE_WORKFLOW } from './bare-order.js';
import type { BenchSystem } from './bench-system.js';
import type { Load } from './measured-parts.js';
import { placeOrder } from './place-order.js';
import { orderBody } from './seed-data.js';

/** One order, or one bare workflow, from its start to its end. */
export interface Completed {
  readonly workflowId: string;
  /** Milliseconds until `POST /orders` was answered in full, or the start of the bare workflow. */
  readonly answeredIn: number;
}

/** Milliseconds. An order is stored before its run is started, so the run may not be there yet. */
const POLL_INTERVAL = 20;

/** Starts one of each load and waits for its end: by the same long poll at Temporal, so that both cost the same. */
export const LOADS: Readonly<Record<Load, (system: BenchSystem, index: number) => Promise<Completed>>> = {
  async orders(system, index) {
    const { id, answeredIn } = await placeOrder(system, orderBody(index));
    const workflowId = orderWorkflowId(id);
    const outcome = await outcomeOf(system.orders, workflowId);
    if (outcome !== 'delivered') throw new Error(`${workflowId} ended as ${String(outcome)}`);
    return { workflowId, answeredIn };
  },

  async bare(system) {
    const workflowId = `bare-${randomUUID()}`;
    const since = performance.now();
    const handle = await system.bare.workflow.start(BARE_WORKFLOW, {
      taskQueue: BARE_TASK_QUEUE,
      workflowId,
    });
    const answeredIn = performance.now() - since;
    await handle.result();
    return { workflowId, answeredIn };
  },
};

async function outcomeOf(client: Client, workflowId: string): Promise<unknown> {
  for (;;) {
    try {
      return await client.workflow.getHandle(workflowId).result();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      await sleep(POLL_INTERVAL);
    }
  }
}
