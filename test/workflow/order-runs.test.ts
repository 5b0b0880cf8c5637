import { randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { orderWorkflowId, refundWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';

import type { Bench } from '../integration/bench.js';
import { useBench } from '../integration/use-bench.js';
import { lease } from '../support/lease.js';
import { NAMESPACES } from '../support/shared-servers.js';

describe('a signal to a run, without a worker yet', () => {
  let bench: Bench;
  let client: Client;
  let runs: OrderRuns;
  useBench((opened) => {
    bench = opened;
  }, 'orders in progress');
  beforeAll(async () => {
    client = lazyClient({
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TEMPORAL_NAMESPACE: lease(NAMESPACES),
      TEMPORAL_TLS: false,
    });
    runs = new OrderRuns(client, bench.store);
  });
  afterAll(async () => {
    await client.connection.close();
  });

  const signalsOf = async (workflowId: string) =>
    ((await client.workflow.getHandle(workflowId).fetchHistory()).events ?? []).flatMap(
      ({ workflowExecutionSignaledEventAttributes: signal }) => (signal ? [signal.signalName] : []),
    );
  const wishOf = ({ id, policy }: OrderRecord) => ({ orderId: id, policy, by: 'service:shop' });
  const untold = async (order: OrderRecord) =>
    (await bench.store.cancellations.unsignalled(-1_000, 1_000)).some(({ orderId }) => orderId === order.id);

  /** Books a refund, as the API does. */
  async function refunded(order: OrderRecord): Promise<string> {
    const id = randomUUID();
    const request = { principal: 'tests', operation: 'refund', key: id, requestHash: '' };
    await bench.store.refunds.request(order, request, { id, requestedBy: 'service:shop' }, () => ({
      amount: 100,
      reason: 'goodwill',
      restock: false,
      lines: [],
    }));
    return id;
  }

  it('is a cancellation request, which starts the run of an order that has none', async () => {
    const order = await bench.accepted();
    await bench.store.cancellations.request(order, 'service:shop');
    expect(await untold(order)).toBe(true);
    await runs.requestCancellation(wishOf(order));
    expect(await signalsOf(orderWorkflowId(order.id))).toEqual(['cancellationRequested']);
    expect(await untold(order)).toBe(false);
    const { startedAt } = await bench.database.order.findUniqueOrThrow({ where: { id: order.id } });
    expect(startedAt).not.toBeNull();
  });

  it('is a cancellation request whose run is gone: another is started, to compensate the order', async () => {
    const order = await bench.accepted();
    await runs.start(order.id, order.policy);
    const run = client.workflow.getHandle(orderWorkflowId(order.id));
    await run.terminate();
    const { runId } = await run.describe();
    await bench.store.cancellations.request(order, 'service:shop');
    await Promise.all([1, 2, 3].map(() => runs.requestCancellation(wishOf(order))));
    expect(await untold(order)).toBe(false);
    const second = await run.describe();
    expect(second).toMatchObject({ status: { name: 'RUNNING' }, memo: { run: 2 } });
    expect(second.runId).not.toBe(runId);
    await runs.requestCancellation(wishOf(order));
    expect((await run.describe()).runId).toBe(second.runId);
  });

  it('is a cancellation request for an order whose run has ended with it: that starts nothing', async () => {
    const order = await bench.accepted();
    await runs.start(order.id, order.policy);
    const run = client.workflow.getHandle(orderWorkflowId(order.id));
    await bench.close(order.id, 'rejected');
    await run.terminate();
    const { runId } = await run.describe();
    await runs.requestCancellation(wishOf(order));
    expect((await run.describe()).runId).toBe(runId);
  });

  it('is to resume an order: once, although that run may have closed before the second', async () => {
    const order = await bench.accepted();
    await runs.start(order.id, order.policy);
    const run = client.workflow.getHandle(orderWorkflowId(order.id));
    await run.terminate();
    const taken = [1, 2, 3].map(() => bench.store.runs.decideRestart(order, 1, 'terminated', 'sweeper'));
    expect((await Promise.all(taken)).filter(Boolean)).toHaveLength(1);
    await Promise.all([1, 2, 3].map(() => runs.startLast(order.id)));
    const { runId } = await run.describe();
    await run.terminate();
    await runs.start(order.id, order.policy, 2);
    expect(await run.describe()).toMatchObject({ runId, status: { name: 'TERMINATED' } });
    let found = 0;
    for await (const { workflowId } of client.workflow.list({
      query: `WorkflowId = "${orderWorkflowId(order.id)}"`,
    }))
      found += workflowId === orderWorkflowId(order.id) ? 1 : 0;
    expect(found).toBe(2);
  });

  it('is an attempt to pay', async () => {
    const order = await bench.accepted();
    await runs.start(order.id, order.policy);
    await runs.attemptPayment({ orderId: order.id, attempt: 2 });
    expect(await signalsOf(orderWorkflowId(order.id))).toEqual(['paymentAttempted']);
  });

  it('is a refund to make, in one run at a time until it is settled', async () => {
    const order = await bench.paid();
    const id = await refunded(order);
    const unstarted = async () =>
      (await bench.store.refunds.toStart(-1_000, 1_000)).filter((refund) => refund.id === id);
    expect(await unstarted()).toEqual([{ id, orderId: order.id, policy: order.policy }]);
    await Promise.all([1, 2, 3].map(() => runs.startRefund(id, order.id, order.policy)));
    expect(await unstarted()).toEqual([]);
    const run = client.workflow.getHandle(refundWorkflowId(id));
    const { runId, type } = await run.describe();
    expect(type).toBe('RefundWorkflow');
    await runs.startRefund(id, order.id, order.policy);
    expect((await run.describe()).runId).toBe(runId);
    await run.terminate();
    await runs.startRefund(id, order.id, order.policy);
    expect(await run.describe()).toMatchObject({ status: { name: 'RUNNING' } });
  });

  it('is an operator’s answer, sent to the refund that waits for it', async () => {
    const order = await bench.paid();
    const refundId = await refunded(order);
    await runs.start(order.id, order.policy);
    await runs.startRefund(refundId, order.id, order.policy);
    const parked = { kind: 'parked', step: 'charge', isCompensation: false, reason: 'timeout' } as const;
    const [theirs, ours] = [randomUUID(), randomUUID()];
    await bench.store.attention.park(order, { ...parked, id: theirs, refundId });
    await bench.store.attention.park(order, { ...parked, id: ours });
    expect((await bench.order(order.id)).attention.map((open) => [open.id, open.refundId])).toEqual([
      [theirs, refundId],
      [ours, null],
    ]);
    const answer = { orderId: order.id, action: 'retry', by: 'service:shop' } as const;
    await runs.resolveAttention({ ...answer, attentionId: theirs });
    expect(await signalsOf(refundWorkflowId(refundId))).toEqual(['attentionResolved']);
    expect(await signalsOf(orderWorkflowId(order.id))).toEqual([]);
    await runs.resolveAttention({ ...answer, attentionId: ours });
    expect(await signalsOf(orderWorkflowId(order.id))).toEqual(['attentionResolved']);
  });
});
