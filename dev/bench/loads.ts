import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';

import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { orderId } from '#libs/domain/order/order-id';

import { BARE_TASK_QUEUE, BARE_WORKFLOW } from './bare-order.js';
import { orderBody } from './goods.js';
import type { Load } from './measured-parts.js';
import type { Rig } from './rig.js';

/** One order, or one bare workflow, from its start to its end. */
export interface Driven {
  readonly workflowId: string;
  /** Milliseconds until `POST /orders` was answered in full; null for a bare workflow. */
  readonly answeredIn: number | null;
}

/** An order is stored before its run is started, so the run may not be there yet. Milliseconds. */
const LOOK_AGAIN_AFTER = 20;

const Placed = z.object({ id: z.uuid() });

/** How one of each load is started and waited for: by the same long poll at Temporal, so that it weighs the same. */
export const LOADS: Readonly<Record<Load, (rig: Rig, index: number) => Promise<Driven>>> = {
  async orders(rig, index) {
    const since = performance.now();
    const response = await fetch(`${rig.apiUrl}/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${rig.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(orderBody(index)),
    });
    const answer = await response.text();
    const answeredIn = performance.now() - since;
    if (!response.ok) throw new Error(`The API answered ${response.status}: ${answer}`);
    const workflowId = orderWorkflowId(orderId(Placed.parse(JSON.parse(answer)).id));
    const outcome = await outcomeOf(rig.orders, workflowId);
    if (outcome !== 'delivered') throw new Error(`${workflowId} ended as ${String(outcome)}`);
    return { workflowId, answeredIn };
  },

  async bare(rig) {
    const workflowId = `bare-${randomUUID()}`;
    const handle = await rig.bare.workflow.start(BARE_WORKFLOW, { taskQueue: BARE_TASK_QUEUE, workflowId });
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
      await sleep(LOOK_AGAIN_AFTER);
    }
  }
}
