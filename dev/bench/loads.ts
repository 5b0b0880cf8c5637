import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';

import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { orderId } from '#libs/domain/order/order-id';

import { BARE_TASK_QUEUE, BARE_WORKFLOW } from './bare-order.js';
import type { BenchSystem } from './bench-system.js';
import type { Load } from './measured-parts.js';
import { orderBody } from './seed-data.js';

/** One order, or one bare workflow, from its start to its end. */
export interface Completed {
  readonly workflowId: string;
  /** Milliseconds until `POST /orders` was answered in full; null for a bare workflow. */
  readonly answeredIn: number | null;
}

/** Milliseconds. An order is stored before its run is started, so the run may not be there yet. */
const POLL_INTERVAL = 20;

const Placed = z.object({ id: z.uuid() });

/** Starts one of each load and waits for its end: by the same long poll at Temporal, so that both cost the same. */
export const LOADS: Readonly<Record<Load, (system: BenchSystem, index: number) => Promise<Completed>>> = {
  async orders(system, index) {
    const since = performance.now();
    const response = await fetch(`${system.apiUrl}/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${system.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(orderBody(index)),
    });
    const answer = await response.text();
    const answeredIn = performance.now() - since;
    if (!response.ok) throw new Error(`The API answered ${response.status}: ${answer}`);
    const workflowId = orderWorkflowId(orderId(Placed.parse(JSON.parse(answer)).id));
    const outcome = await outcomeOf(system.orders, workflowId);
    if (outcome !== 'delivered') throw new Error(`${workflowId} ended as ${String(outcome)}`);
    return { workflowId, answeredIn };
  },

  async bare(system) {
    const workflowId = `bare-${randomUUID()}`;
    const handle = await system.bare.workflow.start(BARE_WORKFLOW, {
      taskQueue: BARE_TASK_QUEUE,
      workflowId,
    });
    await handle.result();
    return { workflowId, answeredIn: null };
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
