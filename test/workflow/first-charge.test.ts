import { expect, it } from 'vitest';

import { orderActivities } from '../../apps/worker/activities/activities.js';
import { Outage } from '#libs/domain/order/failure';
import type { Actor } from '#libs/domain/order/end';
import { StockRepository } from '#libs/persistence/stock/stock.repository';

import { eventually } from '../support/eventually.js';
import { acceptOrder } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const BY: Actor = 'service:shop';

/** Reservations that are held until the test releases them. */
class HeldStock extends StockRepository {
  held = false;
  asked = 0;

  override async reserveFirst(...request: Parameters<StockRepository['reserveFirst']>) {
    this.asked += 1;
    await eventually(() => !this.held, Boolean);
    return super.reserveFirst(...request);
  }
}

function isBusy(): Promise<never> {
  const retryAfter = busyFor;
  busyFor = undefined;
  return Promise.reject(new Outage('gateway_busy', { retryAfter }));
}

let shop: WorkflowHarness;
let stock: HeldStock;
/** What the gateway asks the next one to wait, in milliseconds; it makes no intent then. */
let busyFor: number | undefined;
useWorkflowHarness(
  (opened) => {
    shop = opened;
  },
  {
    ports: (real) => {
      stock = new HeldStock(real.store.orders, real.store.effects);
      const store = new Proxy(real.store, {
        get: (each, name) => (name === 'stock' ? stock : Reflect.get(each, name)),
      });
      const gateway = new Proxy(real.gateway, {
        get: (each, name) => {
          if (name === 'createIntent' && busyFor !== undefined) return isBusy;
          const value: unknown = Reflect.get(each, name);
          return typeof value === 'function' ? (value.bind(each) as unknown) : value;
        },
      });
      return { ...real, store, gateway };
    },
  },
);

it('is not made once a cancellation is requested, although the goods are reserved by then', async () => {
  stock.held = true;
  const id = await shop.place();
  await eventually(
    () => stock.asked,
    (times) => times > 0,
  );
  const order = await shop.store.orders.get(id);
  await shop.store.cancellations.request(order, BY);
  await shop.runs.requestCancellation({ orderId: id, by: BY, policy: order.policy });
  stock.held = false;
  expect(await shop.closed(id)).toMatchObject({
    status: 'cancelled',
    payment: 'none',
    fulfilment: 'released',
  });
  expect(await shop.intents(id)).toEqual([]);
});

it('is made again after a time, by a step of its own, where it failed', async () => {
  await shop.fault('payment_intents.create', '500', 2);
  const id = await shop.place();
  await shop.until(id, ({ payment }) => payment === 'captured');
  const { events } = await shop.handle(id).fetchHistory();
  const scheduled = (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer }) =>
      activity?.activityType?.name ?? (timer ? 'timer' : []),
  );
  expect(scheduled.slice(0, 3)).toEqual(['reserveAndCharge', 'timer', 'chargePayment']);
});

it('is made again no sooner than the provider asks for', async () => {
  busyFor = 900;
  const id = await shop.place();
  await shop.until(id, ({ payment }) => payment === 'captured');
  const { events } = await shop.handle(id).fetchHistory();
  const [timer] = (events ?? []).flatMap((event) => event.timerStartedEventAttributes ?? []);
  expect((timer?.startToFireTimeout?.nanos ?? 0) / 1e6).toBe(900);
});

it('leaves the reason of a rejection to the run that resumes a lost one', async () => {
  const { id, policy } = await acceptOrder(shop.store, { lines: [{ sku: 'SOLD-OUT', quantity: 1 }] });
  const { orders } = orderActivities(shop.ports);
  await expect(orders.reserveAndCharge(id)).rejects.toThrow('out_of_stock');
  await orders.reversePayment(id, 'refused');
  await shop.runs.start(id, policy, 2);
  expect((await shop.closed(id)).endReason).toMatchObject({ code: 'out_of_stock' });
});
