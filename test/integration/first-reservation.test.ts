import { beforeEach, describe, expect, it } from 'vitest';

import { EffectJournal, toBegin } from '../../apps/worker/activities/effect-journal.js';
import { OrderIntent } from '../../apps/worker/activities/orders/order-intent.js';
import { intentKey } from '#libs/domain/payment/payment-keys';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { reserveKey } from '#libs/persistence/stock/stock.repository';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import { capturedLog } from '../support/captured-log.js';
import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

const LINES = [
  { sku: 'MUG-BLUE', quantity: 2 },
  { sku: 'TEA-GREEN', quantity: 1 },
];

describe('the reservation of an order that nothing has changed yet', () => {
  let bench: Bench;
  let order: OrderRecord;
  useBench((opened) => {
    bench = opened;
  }, 'orders in progress');
  beforeEach(async () => {
    order = await bench.accepted({ lines: LINES });
  });

  const reserve = (shipTo: readonly string[] = []) => bench.store.stock.reserveFirst(order.id, shipTo);
  const intent = () => bench.store.effects.find(intentKey(order.id));
  async function expectNothing(): Promise<void> {
    expect(await bench.order(order.id)).toEqual(order);
    expect(await bench.database.reservation.findMany({ where: { orderId: order.id } })).toEqual([]);
    expect(await intent()).toBeNull();
  }

  it('answers the order as it was, and begins the effect that makes its intent', async () => {
    const before = await bench.stock('MUG-BLUE');
    const done = await reserve(['DE', 'GB']);
    expect(done?.order).toEqual(order);
    const read = await bench.order(order.id);
    expect(read).toMatchObject({ version: 2, fulfilment: 'reserved', status: 'pending' });
    expect(done?.begun?.order).toEqual({ ...read, updatedAt: done?.begun?.order.updatedAt });
    expect(await bench.stock('MUG-BLUE')).toEqual({ ...before, reserved: before.reserved + 2 });
    expect(await bench.eventTypes(order.id)).toEqual(['order.accepted', 'inventory.reserved']);
    expect(await bench.store.effects.find(reserveKey(order.id))).toMatchObject({ state: 'done' });
  });

  it('begins that effect as the journal would', async () => {
    const gateway = new StripeGateway({ secretKey: 'sk_test_x', apiUrl: 'http://127.0.0.1:9', timeout: 1 });
    const { effects, orders } = bench.store;
    const intents = new OrderIntent(new EffectJournal(effects, orders, capturedLog('test').logger), gateway);
    const done = await reserve();
    const { key, requestHash } = toBegin(intents.making(order));
    expect(done?.begun?.effect).toMatchObject({
      key,
      requestHash,
      state: 'started',
      fence: 1,
      try: 1,
      fresh: true,
    });
    expect(await intent()).toMatchObject({ key, requestHash });
  });

  it('is made once', async () => {
    const done = await Promise.all(Array.from({ length: 10 }, () => reserve()));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await reserve()).toBeNull();
    expect(await intent()).toMatchObject({ fence: 1 });
  });

  it('begins no intent where there is nothing to pay', async () => {
    order = await bench.accepted({ lines: [{ sku: 'GIFT', quantity: 1 }] });
    expect(order.totals.total).toBe(0);
    expect(await reserve()).toMatchObject({ order: { id: order.id }, begun: null });
  });

  it('begins no intent that a compensation has closed', async () => {
    await bench.store.effects.close(order.id, intentKey(order.id));
    expect(await reserve()).toMatchObject({ begun: null });
    expect(await intent()).toMatchObject({ state: 'closed', fence: 1 });
  });

  it.each([
    ['a product that is no longer sold', { lines: [...LINES, { sku: 'RETIRED', quantity: 1 }] }, []],
    ['a product that is gone', { lines: [...LINES, { sku: 'NEVER-HEARD-OF', quantity: 1 }] }, []],
    ['a product of another currency', { lines: LINES, price: { unitPrice: 100, currency: 'USD' } }, []],
    ['a country that is not shipped to', { lines: LINES }, ['DE', 'FR']],
  ])('is not made with %s', async (_, wanted, shipTo) => {
    order = await bench.accepted(wanted);
    expect(await reserve(shipTo)).toBeNull();
    await expectNothing();
    expect(await bench.store.effects.find(reserveKey(order.id))).toBeNull();
  });

  it('is not made for a person who was erased', async () => {
    await bench.database.$executeRaw`
      UPDATE orders SET shipping_address = NULL, customer_name = NULL, customer_email = NULL, payment_method = NULL
      WHERE id = ${order.id}::uuid`;
    order = await bench.order(order.id);
    expect(await reserve()).toBeNull();
    await expectNothing();
  });

  it('is refused for good where goods are short', async () => {
    order = await bench.accepted({ lines: [...LINES, { sku: 'SOLD-OUT', quantity: 1 }] });
    expect(await reserve()).toBeNull();
    await expectNothing();
    expect(await bench.store.stock.reserve(order, 0)).toBe('out_of_stock');
    expect(await bench.eventTypes(order.id)).toEqual(['order.accepted', 'inventory.refused']);
  });

  it('is not made once it was released', async () => {
    await bench.store.stock.release(order);
    expect(await reserve()).toBeNull();
    await expectNothing();
  });

  it('is left to a reading of the order once a cancellation is requested', async () => {
    await bench.store.cancellations.request(order, 'service:shop');
    order = await bench.order(order.id);
    expect(await reserve()).toBeNull();
    await expectNothing();
  });
});
