import type { OrderId } from '#libs/domain/order/order-id';
import type { Resolution } from '#libs/domain/order/steps';
import type { AttentionRecord } from '#libs/persistence/orders/order-record';

import { eventually } from './eventually.js';
import type { WorkflowHarness } from './workflow-harness.js';

const BY = 'service:operator';
const isAbout = ({ kind }: AttentionRecord) => kind === 'run_closed';

/** Terminates the run of an order, and has the loss found. */
export async function loseRun(shop: WorkflowHarness, id: OrderId): Promise<void> {
  await shop.handle(id).terminate('lost');
  await findLost(shop, id);
}

/**
 * Repeats the sweeper's look until it finds an order's run gone. @returns the attention's reason; nothing where
 * another run has resumed the order
 */
export async function findLost(shop: WorkflowHarness, id: OrderId): Promise<string> {
  const restarts = async () =>
    (await shop.eventTypes(id)).filter((type) => type === 'order.restarted').length;
  const before = await restarts();
  let restarted = false;
  const order = await eventually(
    async () => {
      await shop.lookForLostRuns();
      restarted = (await restarts()) > before;
      return shop.store.orders.get(id);
    },
    ({ attention }) => attention.some(isAbout) || restarted,
  );
  return order.attention.find(isAbout)?.reason ?? '';
}

/** Answers the attention about the order's run, as an operator does through the API. */
export async function answerLost(shop: WorkflowHarness, id: OrderId, action: Resolution): Promise<string> {
  const order = await shop.store.orders.get(id);
  const attentionId = order.attention.find(isAbout)?.id ?? '';
  const result = await shop.store.attention.resolve(order, attentionId, { action, note: null, by: BY });
  if (result === 'resolved') await shop.runs.resolveAttention({ attentionId, orderId: id, action, by: BY });
  return result;
}

/** Every run that an order has had. */
export async function runsOf(shop: WorkflowHarness, id: OrderId): Promise<number> {
  return (await shop.list(`WorkflowId = "order-${id}"`)).length;
}
