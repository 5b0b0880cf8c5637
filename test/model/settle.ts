import { setTimeout as delay } from 'node:timers/promises';

import type { AttentionRecord, OrderRecord } from '#libs/persistence/orders/order-record';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { AttentionKind } from '#libs/domain/order/attention';
import type { Resolution } from '#libs/domain/order/steps';

import type { Model, ModelOrder } from './model.js';
import { moneyThatDiffers } from './money-there.js';
import type { GatewayEvent, Real } from './real.js';
import { seeToFailedRefund } from './refunds.js';

/**
 * How long nothing may happen to the orders of a run, in milliseconds: all faults are cleared, and none waits
 * longer than a few seconds by itself. Progress is not cut short, however slow the machine is.
 */
const STILL = 90_000;
/** Milliseconds between two checks of the orders. */
const LOOKS = 150;

/** The answers of an operator who wants the order to continue; an overdue delivery is left to the carrier. */
const ANSWERS: Readonly<Record<AttentionKind, Resolution | null>> = {
  parked: 'retry',
  delivery_overdue: null,
  contradicting_event: 'acknowledge',
  contradicting_answer: 'acknowledge',
  amount_differs: 'accept',
  tracking_conflict: 'acknowledge',
  run_closed: null,
  run_stuck: null,
  refund_failed: 'acknowledge',
  late_payment: 'acknowledge',
  dispute_opened: 'acknowledge',
  discrepancy: null,
};

/** What was done for the orders of a run so that they end. */
interface Done {
  readonly delivered: Set<string>;
  /** The orders whose last withheld event was sent after all. */
  readonly heard: Set<string>;
}

/** Clears the faults, answers attentions and delivers parcels, until every order is closed. */
export async function settle(model: Model, real: Real): Promise<void> {
  real.release();
  await real.clearFaults();
  await real.deliverEvents({ mode: 'normal', delay: 1 });
  if (!model.isWorkerUp) real.startWorker();
  model.isWorkerUp = true;
  await Promise.all([real.isUp('api'), real.isUp('worker')]);
  const done: Done = { delivered: new Set(), heard: new Set() };
  for (let before = -1, since = Date.now(); ;) {
    const open = (await Promise.all(model.orders.map((order) => moveOn(model, order, real, done)))).flat();
    if (open.length === 0) break;
    const now = await happened(model, real);
    if (now !== before) since = Date.now();
    else if (Date.now() - since > STILL)
      throw new Error(`nothing has happened for ${STILL} ms; still open: ${JSON.stringify(open)}`);
    before = now;
    await delay(LOOKS);
  }
  // An order is closed by its run, as its last activity.
  const { client } = real.system;
  await client.withDeadline(Date.now() + STILL, async () => {
    for (const { id } of model.orders) await client.workflow.getHandle(orderWorkflowId(id)).result();
  });
}

/** The number of facts about the orders of a run. */
async function happened({ orders }: Model, real: Real): Promise<number> {
  const counts = await Promise.all(orders.map(({ id }) => real.events(id)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** @returns why the order has not ended yet, in words */
async function moveOn(model: Model, placed: ModelOrder, real: Real, done: Done): Promise<string[]> {
  const { id } = placed;
  const order = await real.system.store.orders.get(id);
  const parcel = await real.parcelOf(id);
  const asking = await answered(real, placed, order);
  if (parcel && isInTransit(order) && !done.delivered.has(id)) {
    done.delivered.add(id);
    await real.happens(parcel.trackingNumber, 'shipment.delivered');
  }
  const isOver = order.closedAt !== null && asking.length === 0;
  // The last withheld event is enough: each event means no more than "sync".
  if (isOver && model.eventsWereWithheld && !done.heard.has(id)) {
    done.heard.add(id);
    await lastWord(real, order);
  }
  const unheard = parcel?.events.filter(({ webhook }) => webhook === 'waiting') ?? [];
  return [
    ...(order.closedAt === null ? [`${order.number} is ${order.status} and not closed`] : []),
    ...asking.map(({ kind, step, reason }) => `${order.number}: ${kind} at ${step}, ${reason}`),
    ...unheard.map(({ type }) => `${order.number}: ${type} was not heard`),
    ...(isOver ? await moneyThatDiffers(order, real) : []),
  ];
}

/** An order that is being cancelled is not sent just then. */
const isInTransit = ({ status, closedAt }: OrderRecord) => closedAt === null && status !== 'cancelling';

/** Answers the open attentions. @returns them, except those that no operator can resolve */
async function answered(real: Real, placed: ModelOrder, order: OrderRecord): Promise<AttentionRecord[]> {
  const asking: AttentionRecord[] = [];
  for (const attention of order.attention) {
    const { id, kind } = attention;
    const isUp = kind !== 'refund_failed' || (await seeToFailedRefund(real, placed, order, attention));
    if (isUp || order.closedAt === null) asking.push(attention);
    const action = isLost(attention) ? 'fail' : ANSWERS[kind];
    if (action && isUp) await answer(real, order.id, id, action);
  }
  return asking;
}

/** The parcel is in transit, and its payment can never be captured: an operator has to give it up. */
const isLost = ({ step, reason }: AttentionRecord) => step === 'capture' && reason === 'payment_voided';

async function answer(real: Real, id: string, attentionId: string, action: Resolution): Promise<void> {
  const path = `/orders/${id}/attention/${attentionId}/resolution`;
  const { status, body } = await real.ask(() => real.system.http.post(path).send({ action }));
  if (status !== 202 && body.code !== 'already_resolved')
    throw new Error(`${action} was answered ${status} ${body.code}`);
}

/** Sends the newest withheld event of an order after all. */
async function lastWord(real: Real, { intentId }: OrderRecord): Promise<void> {
  const isWithheld = ({ data: { object }, deliveries }: GatewayEvent) =>
    (object.payment_intent ?? object.id) === intentId &&
    deliveries.waiting + deliveries.accepted + deliveries.givenUp === 0;
  const last = (await real.gatewayEvents()).find(isWithheld);
  if (last) await real.control(`/events/${last.id}/deliveries`, {});
}
