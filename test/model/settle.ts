import type { OrderRecord } from '#libs/store/order-record';
import { orderWorkflowId } from '#libs/contracts/order-workflow';
import type { AttentionKind } from '#libs/order/attention';
import type { Resolution } from '#libs/order/steps';

import { eventually } from '../support/eventually.js';
import type { Model, ModelOrder } from './model.js';
import type { Real } from './real.js';

/** Everything is mended by then, and no order waits longer than a few seconds by itself. Milliseconds. */
const PATIENCE = 90_000;

/** What an operator says who wants the order to go on; an overdue delivery is left to the carrier. */
const ANSWERS: Readonly<Record<AttentionKind, Resolution | null>> = {
  parked: 'retry',
  delivery_overdue: null,
  contradicting_event: 'acknowledge',
  run_closed: null,
  refund_failed: 'acknowledge',
  late_payment: 'acknowledge',
  dispute_opened: 'acknowledge',
  books_differ: null,
};

/** Mends what was broken, answers what waits for a person, delivers what was sent, until every order is closed. */
export async function settle(model: Model, real: Real): Promise<void> {
  await real.clearFaults();
  if (!model.isWorkerUp) real.start('worker');
  model.isWorkerUp = true;
  if (Object.keys(model.rules).length > 0) {
    await real.kill('api');
    real.start('api');
  }
  await Promise.all([real.isUp('api'), real.isUp('worker')]);
  const delivered = new Set<string>();
  await eventually(
    async () => (await Promise.all(model.orders.map((order) => moveOn(order, real, delivered)))).flat(),
    (open) => open.length === 0,
    PATIENCE,
  );
  // An order is closed by its run, in the last thing that it does.
  const { client } = real.system;
  await client.withDeadline(Date.now() + PATIENCE, async () => {
    for (const { id } of model.orders) await client.workflow.getHandle(orderWorkflowId(id)).result();
  });
}

/** @returns what still keeps the order from being over, in words */
async function moveOn({ id }: ModelOrder, real: Real, delivered: Set<string>): Promise<string[]> {
  const order = await real.system.store.orders.get(id);
  const parcel = await real.parcelOf(id);
  for (const { id: attentionId, kind } of order.attention) {
    const action = ANSWERS[kind];
    if (action) await answer(real, id, attentionId, action);
  }
  if (parcel && travels(order) && !delivered.has(id)) {
    delivered.add(id);
    await real.happens(parcel.trackingNumber, 'shipment.delivered');
  }
  const unheard = parcel?.events.filter(({ webhook }) => webhook === 'waiting') ?? [];
  return [
    ...(order.closedAt === null ? [`${order.number} is ${order.status} and not closed`] : []),
    ...order.attention.map(({ kind, step, reason }) => `${order.number}: ${kind} at ${step}, ${reason}`),
    ...unheard.map(({ type }) => `${order.number}: ${type} was not heard`),
  ];
}

/** One that is being cancelled is not sent on its way just then. */
const travels = ({ status, closedAt }: OrderRecord) => closedAt === null && status !== 'cancelling';

async function answer(real: Real, id: string, attentionId: string, action: Resolution): Promise<void> {
  const path = `/orders/${id}/attention/${attentionId}/resolution`;
  const { status, body } = await real.ask(() => real.system.http.post(path).send({ action }));
  if (status !== 202 && body.code !== 'already_resolved')
    throw new Error(`${action} was answered ${status} ${body.code}`);
}
