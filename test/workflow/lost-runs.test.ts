import { randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { LostRuns } from '../../apps/worker/sweeper/lost-runs.js';
import { orderWorkflowId, refundWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';
import { decideRefund } from '#libs/domain/refund/refund-request';
import { lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';

import { eventually } from '../support/eventually.js';
import { lease } from '../support/lease.js';
import { answerLost, findLost, loseRun, runsOf } from '../support/lost-run.js';
import { emailOf } from '../support/orders.js';
import { makeLookDue } from '../support/run-look.js';
import { NAMESPACES } from '../support/shared-servers.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** What is left out where a test is about lost runs only. */
const NO_STUCK_RUNS = { look: async () => {} };
const CHALLENGED = 'pm_card_threeDSecure2Required';

/** Ends the runs of these orders, and waits until Temporal's lists show it. */
async function end(shop: WorkflowHarness, ids: readonly OrderId[]): Promise<void> {
  for (const id of ids) await shop.handle(id).terminate('lost');
  const names = ids.map((id) => `"${orderWorkflowId(id)}"`).join(', ');
  const query = `WorkflowId IN (${names}) AND ExecutionStatus = "Terminated"`;
  await eventually(
    async () => (await shop.list(query)).length,
    (found) => found >= ids.length,
  );
}

/** Lets runs be old enough to be compared. */
const age = async (shop: WorkflowHarness) =>
  shop.database.$executeRaw`
    UPDATE orders SET started_at = started_at - interval '1 hour', updated_at = updated_at - interval '1 hour'`;

const labelled = async (shop: WorkflowHarness) => {
  const id = await shop.place();
  await shop.label(id);
  return id;
};
const delivered = async (shop: WorkflowHarness, id: OrderId) => {
  await shop.carrierSays(await shop.label(id), 'shipment.delivered');
  return shop.closed(id);
};
const authenticate = async (shop: WorkflowHarness, id: OrderId) => {
  const { intentId } = await shop.store.orders.get(id);
  await shop.ask('POST', `/sandbox/payment-intents/${intentId}/shopper`, { does: 'authenticate' });
  await shop.runs.requestPaymentSync(id);
};
const asks = async (shop: WorkflowHarness, id: OrderId) =>
  (await shop.store.orders.get(id)).attention.map(({ kind, reason }) => ({ kind, reason }));

describe('an order whose run is gone', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  it('is found by what closed since the last look, and one attention is opened', async () => {
    const id = await labelled(shop);
    await loseRun(shop, id);
    await shop.lookForLostRuns();
    await shop.lookForLostRuns();
    expect(await asks(shop, id)).toEqual([{ kind: 'run_closed', reason: 'terminated' }]);
    expect((await shop.eventTypes(id)).filter((type) => type === 'order.run_closed')).toHaveLength(1);
    await answerLost(shop, id, 'restart');
    await delivered(shop, id);
  });

  it('is found by comparison where nothing is left of its run', async () => {
    const id = await labelled(shop);
    const { runId } = await shop.handle(id).describe();
    await shop.client.workflowService.deleteWorkflowExecution({
      namespace: shop.parts.namespace,
      workflowExecution: { workflowId: orderWorkflowId(id), runId },
    });
    await eventually(
      () => shop.runs.visibility.describe(id),
      (found) => found === null,
    );
    await age(shop);
    expect(await findLost(shop, id)).toBe('missing');
    await answerLost(shop, id, 'restart');
    expect(await delivered(shop, id)).toMatchObject({ status: 'delivered', payment: 'captured' });
  });

  it('is resumed by one run, however many answers come at once', async () => {
    const id = await labelled(shop);
    await loseRun(shop, id);
    const order = await shop.store.orders.get(id);
    const answers = await Promise.all([
      answerLost(shop, id, 'restart'),
      answerLost(shop, id, 'restart'),
      shop.store.runs
        .decideRestart(order, 1, 'terminated', 'sweeper')
        .then(async () => shop.runs.startLast(id)),
      shop.sweeper.sweep(),
      shop.sweeper.sweep(),
    ]);
    expect(answers.filter((answer) => answer === 'resolved').length).toBeLessThanOrEqual(1);
    await delivered(shop, id);
    expect(await runsOf(shop, id)).toBe(2);
    expect((await shop.eventTypes(id)).filter((type) => type === 'order.closed')).toHaveLength(1);
  });

  it('is compensated before pick-up: label, money and goods, with one email', async () => {
    const id = await labelled(shop);
    const stock = await shop.stock('MUG-BLUE');
    await loseRun(shop, id);
    expect(await answerLost(shop, id, 'fail')).toBe('resolved');
    const order = await shop.closed(id);
    expect(order).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      endReason: { code: 'operator_failed', by: 'service:operator' },
      shipments: [{ status: 'cancelled' }],
    });
    expect((await shop.stock('MUG-BLUE')).reserved).toBe(stock.reserved - 2);
    expect(shop.inbox.subjectsTo(emailOf(order))).toContain(`Your order ${order.number} is cancelled`);
  });

  it('is lost when it is given up after pick-up: refunded in full', async () => {
    const id = await labelled(shop);
    await shop.carrierSays(await shop.label(id), 'shipment.picked_up');
    await loseRun(shop, id);
    expect(await answerLost(shop, id, 'fail')).toBe('resolved');
    expect(await shop.closed(id)).toMatchObject({
      status: 'undelivered',
      payment: 'refunded',
      fulfilment: 'lost',
      endReason: { code: 'lost', by: 'service:operator' },
      waits: [],
    });
  });

  it('cannot be given up once it has its end, and is closed by another run', async () => {
    shop.inbox.answer = { code: 451, times: 10_000 };
    const id = await labelled(shop);
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    await shop.until(id, ({ attention }) => attention.length > 0);
    await loseRun(shop, id);
    shop.inbox.answer = undefined;
    expect(await answerLost(shop, id, 'fail')).toBe('illegal_resolution');
    expect(await answerLost(shop, id, 'restart')).toBe('resolved');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', attention: [] });
  });

  it('gets an answer that was given to its dead run', async () => {
    await shop.fault('shipments.create', '500', 10_000);
    const id = await shop.place();
    await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'ship'));
    await loseRun(shop, id);
    await shop.answer(id, 'ship', 'fail');
    await shop.clearFaults();
    await answerLost(shop, id, 'restart');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      endReason: { code: 'operator_failed', by: 'service:operator' },
      attention: [],
    });
  });

  it('holds no goods for longer than it may before it is paid', async () => {
    const id = await shop.place({
      method: CHALLENGED,
      policy: { reservationTtl: 2_000, paymentWindow: 1_900 },
    });
    const order = await shop.until(id, ({ payment }) => payment === 'requires_action');
    await loseRun(shop, id);
    await eventually(
      () => Date.now() - Date.parse(order.createdAt),
      (passed) => passed > 2_500,
    );
    await answerLost(shop, id, 'restart');
    expect(await shop.closed(id)).toMatchObject({
      status: 'rejected',
      payment: 'voided',
      fulfilment: 'released',
    });
    expect(await shop.intents(id)).toMatchObject([{ status: 'canceled' }]);
  });

  it('gets no attention again once that is acknowledged, except when its money moves after all', async () => {
    const id = await shop.place({ method: CHALLENGED });
    await shop.until(id, ({ payment }) => payment === 'requires_action');
    await loseRun(shop, id);
    await answerLost(shop, id, 'acknowledge');
    await age(shop);
    await shop.lookForLostRuns();
    await shop.lookForLostRuns();
    expect(await asks(shop, id)).toEqual([]);

    await authenticate(shop, id);
    const paid = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(paid).toMatchObject({ status: 'confirmed', payment: 'captured', fulfilment: 'reserved' });
    expect(await asks(shop, id)).toEqual([{ kind: 'run_closed', reason: 'terminated' }]);
    await answerLost(shop, id, 'restart');
    expect(await delivered(shop, id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
  });

  it('gets an attention again when its parcel moves, although no run could be signalled', async () => {
    const id = await labelled(shop);
    const trackingNumber = await shop.label(id);
    await loseRun(shop, id);
    await answerLost(shop, id, 'acknowledge');
    const event = { eventId: randomUUID(), type: 'shipment.picked_up', trackingNumber } as const;
    await shop.store.inbox.receive({ ...event, occurredAt: new Date() });
    await age(shop);
    await findLost(shop, id);
    await answerLost(shop, id, 'acknowledge');
    // And at once where it is signalled.
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    expect(await asks(shop, id)).toEqual([{ kind: 'run_closed', reason: 'terminated' }]);
    await answerLost(shop, id, 'restart');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered' });
  });

  it('can be refunded in full, and is then cancelled instead of sent', async () => {
    await shop.fault('shipments.create', '500', 10_000);
    const id = await shop.place();
    await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'ship'));
    const all = { portion: { of: 'all' }, restock: false } as const;
    expect(decideRefund(await shop.store.orders.get(id), [], all)).toMatchObject({
      code: 'use_cancellation',
    });
    await loseRun(shop, id);
    const refund = { id: randomUUID(), requestedBy: 'service:operator' };
    const request = { principal: 'shop', operation: 'refund', key: refund.id, requestHash: '' };
    const order = await shop.store.orders.get(id);
    await shop.store.refunds.request(order, request, refund, (current, earlier) => {
      const decision = decideRefund(current, earlier, all);
      if (decision.is === 'refused') throw new Error(decision.code);
      return { amount: decision.amount, lines: [], reason: 'goodwill', restock: false };
    });
    await shop.runs.startRefund(refund.id, id, order.policy);
    await shop.until(id, ({ payment }) => payment === 'refunded');
    await shop.clearFaults();
    await answerLost(shop, id, 'restart');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      endReason: { code: 'cancelled', by: 'service:operator' },
      shipments: [],
    });
    expect((await shop.refunds(id)).map(({ amount }) => amount)).toEqual([3980]);
  });

  it('is not the only one: a refund whose run is gone has another within a look', async () => {
    await shop.fault('refunds.create', '429', 10_000);
    const id = await labelled(shop);
    const refundId = await shop.refund(id, 500);
    const run = shop.client.workflow.getHandle(refundWorkflowId(refundId));
    await shop.until(id, ({ waits }) => waits.some(({ step }) => step === 'charge'));
    await run.terminate('lost');
    await shop.clearFaults();
    await eventually(
      async () => {
        await shop.lookForLostRuns();
        await shop.database.$executeRaw`
          UPDATE refund SET requested_at = requested_at - interval '1 minute' WHERE id = ${refundId}::uuid`;
        return shop.store.refunds.find(refundId);
      },
      (refund) => refund?.state === 'succeeded',
    );
    await delivered(shop, id);
    expect((await shop.refunds(id)).map(({ amount }) => amount)).toEqual([500]);
  });
});

describe('lost runs that are restarted by themselves', () => {
  let shop: WorkflowHarness;
  const LIMIT = 2;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    { lost: { answer: 'restart', limit: LIMIT } },
  );
  const alarms = () => shop.parts.log.filter((line) => line.includes('LOST_RUN_LIMIT: is this'));

  it('resume without a person, each as often as that helps', async () => {
    const id = await labelled(shop);
    for (let run = 1; run <= 3; run++) {
      await end(shop, [id]);
      await shop.lookForLostRuns();
      expect(await asks(shop, id)).toEqual([]);
      await eventually(
        () => shop.runs.visibility.describe(id),
        (found) => found?.run === run + 1 && found.status === 'running',
      );
    }
    await shop.handle(id).terminate('lost');
    await findLost(shop, id);
    await answerLost(shop, id, 'restart');
    expect(await delivered(shop, id)).toMatchObject({ status: 'delivered', attention: [] });
    expect((await shop.intents(id)).length).toBe(1);
  });

  it('are not restarted where one look finds more than the limit, with one alarm', async () => {
    const ids = await Promise.all([labelled(shop), labelled(shop), labelled(shop)]);
    await end(shop, ids);
    await shop.lookForLostRuns();
    await shop.lookForLostRuns();
    expect(await shop.store.runLook.alarmed()).toBe(LIMIT + 1);
    expect(alarms()).toHaveLength(1);
    for (const id of ids) {
      expect(await asks(shop, id)).toEqual([]);
      expect(await runsOf(shop, id)).toBe(1);
    }
    // A cancellation request waits, too: no run starts by itself.
    const [first, second, third] = ids;
    if (!first || !second || !third) throw new Error('three were placed');
    const { policy } = await shop.store.orders.get(first);
    await shop.store.cancellations.request(await shop.store.orders.get(first), 'service:shop');
    await shop.runs.requestCancellation({ orderId: first, by: 'service:shop', policy });
    expect(await runsOf(shop, first)).toBe(1);

    // With the limit raised.
    const raised = { answer: 'restart', limit: 3, interval: 60_000 } as const;
    const later = new LostRuns(shop.store, shop.runs, shop.ports.logger, raised, NO_STUCK_RUNS);
    await makeLookDue(shop.database);
    await later.look();
    expect(await shop.store.runLook.alarmed()).toBe(0);
    expect(await shop.closed(first)).toMatchObject({ status: 'cancelled', payment: 'refunded' });
    for (const id of [second, third]) await delivered(shop, id);
    for (const id of ids) expect(await runsOf(shop, id)).toBe(2);
  });

  it('are found although only one of several workers looks at a time', async () => {
    const id = await labelled(shop);
    await end(shop, [id]);
    await makeLookDue(shop.database);
    await Promise.all([1, 2, 3, 4].map(() => shop.sweeper.sweep()));
    expect(await shop.store.runLook.begin(1_000)).toBeNull();
    await delivered(shop, id);
    expect(await runsOf(shop, id)).toBe(2);
  });
});

describe('with another namespace, or a server that lost its data,', () => {
  let shop: WorkflowHarness;
  let client: Client;
  let elsewhere: OrderRuns;
  useWorkflowHarness((opened) => {
    shop = opened;
  });
  beforeAll(() => {
    client = lazyClient({
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TEMPORAL_NAMESPACE: lease(NAMESPACES),
      TEMPORAL_TLS: false,
    });
    elsewhere = new OrderRuns(client, shop.store);
  });
  afterAll(async () => {
    await client.connection.close();
  });

  const look = async (answer: 'attention' | 'restart', limit: number) => {
    await makeLookDue(shop.database);
    const options = { answer, limit, interval: 60_000 };
    await new LostRuns(shop.store, elsewhere, shop.ports.logger, options, NO_STUCK_RUNS).look();
  };

  it('all orders look lost: up to the limit attentions are opened, above it there is an alarm', async () => {
    const ids = await Promise.all([labelled(shop), labelled(shop)]);
    await age(shop);
    await look('restart', 1);
    expect(await shop.store.runLook.alarmed()).toBe(2);
    for (const id of ids) expect(await asks(shop, id)).toEqual([]);
    await look('attention', 2);
    for (const id of ids) expect(await asks(shop, id)).toEqual([{ kind: 'run_closed', reason: 'missing' }]);
    for (const id of ids) await answerLost(shop, id, 'acknowledge');
    for (const id of ids) await delivered(shop, id);
  });
});
