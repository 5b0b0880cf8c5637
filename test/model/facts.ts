import { expect } from 'vitest';

import { OrderList } from '#libs/contracts/order-list.api';
import type { OrderRecord } from '#libs/store/order-record';

import { GOOD_NAMES, GOODS, skuOf } from './goods.js';
import { type Model, type ModelOrder, possibleEnds } from './model.js';
import type { Real } from './real.js';

/** What a shopper, an accountant and a stock-keeper find when every order of a run is over. */
export async function checkFacts(model: Model, real: Real): Promise<void> {
  const orders: [ModelOrder, OrderRecord][] = [];
  for (const placed of model.orders) orders.push([placed, await real.system.store.orders.get(placed.id)]);
  await eachExistsOnce(model, real);
  for (const [placed, order] of orders) {
    const ends = [...possibleEnds(model, placed)];
    expect(ends, `${order.number} ended ${order.status}, for ${order.endReason?.code}`).toContain(
      order.status,
    );
    await moneyIsRight(placed, order, real);
    await parcelIsRight(order, real);
    mailsAreRight(model, placed, order, real);
  }
  await stockAddsUp(
    model,
    orders.map(([, order]) => order),
    real,
  );
}

async function eachExistsOnce(model: Model, { system }: Real): Promise<void> {
  const { body } = await system.http.get('/orders').query({ limit: 100 }).expect(200);
  const { data } = OrderList.parse(body);
  const listed = data
    .filter(({ lines }) => lines.every(({ sku }) => sku.endsWith(`-${model.run}`)))
    .map(({ id }) => id);
  expect(listed.toSorted(), 'the orders there are').toEqual(model.orders.map(({ id }) => id).toSorted());
}

async function moneyIsRight(placed: ModelOrder, order: OrderRecord, { system }: Real): Promise<void> {
  let taken = 0;
  let given = 0;
  let charges = 0;
  for (const intent of await system.intents(order.id)) {
    if (intent.status !== 'succeeded') continue;
    charges += 1;
    taken += intent.amount_received;
    const { data } = await system.stripe.refunds.list({ payment_intent: intent.id });
    given += data.reduce((sum, { status, amount }) => (status === 'succeeded' ? sum + amount : sum), 0);
  }
  const owed = order.status === 'delivered' ? placed.total : 0;
  expect(taken - given, `what ${order.number}, ${order.status}, has cost the shopper`).toBe(owed);
  expect(charges, `charges of ${order.number}`).toBeLessThanOrEqual(1);
  if (owed > 0) expect(given, `refunds of ${order.number}, which was delivered`).toBe(0);
}

async function parcelIsRight(order: OrderRecord, real: Real): Promise<void> {
  const parcel = await real.parcelOf(order.id);
  const what = `the parcel of ${order.number}, which is ${order.status}`;
  if (order.status === 'rejected') expect(parcel, what).toBeUndefined();
  if (order.status === 'cancelled') {
    // The carrier may say anything of a parcel that it has cancelled.
    expect(parcel && parcel.events.length === 0 ? parcel.status : 'cancelled', what).toBe('cancelled');
  }
  if (order.status === 'delivered' || order.status === 'undelivered')
    expect(order.shipments, what).toMatchObject([{ trackingNumber: parcel?.trackingNumber }]);
}

/** Invariant 4. */
function mailsAreRight(model: Model, placed: ModelOrder, order: OrderRecord, { system }: Real): void {
  const mails = system.inbox
    .to(placed.email)
    .filter(({ subject }) => subject?.includes(order.number))
    .map(({ messageId }) => messageId?.split('@')[0]);
  const mayLack = model.mailWasRefused || placed.mayLackMail;
  const due: Readonly<Record<string, readonly [least: number, most: number]>> = {
    confirmation: [
      order.status === 'delivered' && !mayLack ? 1 : 0,
      order.status === 'rejected' ? 0 : model.workerFailed ? Infinity : 1,
    ],
    delivery: [
      order.status === 'delivered' && !mayLack ? 1 : 0,
      order.status !== 'delivered' ? 0 : model.workerFailed ? Infinity : 1,
    ],
  };
  for (const [kind, [least, most]] of Object.entries(due)) {
    const sent = mails.filter((id) => id === `<${kind}.${order.id}`).length;
    const what = `mails of kind ${kind} to the shopper of ${order.number}, ${order.status}`;
    expect(sent, what).toBeGreaterThanOrEqual(least);
    expect(sent, what).toBeLessThanOrEqual(most);
  }
  const known = Object.keys(due).map((kind) => `<${kind}.${order.id}`);
  expect(known, 'the Message-IDs there may be').toEqual(expect.arrayContaining([...new Set(mails)]));
}

/** What has left the house for good is missing from its shelf, and nothing else; nothing is held any more. */
async function stockAddsUp(model: Model, orders: readonly OrderRecord[], real: Real): Promise<void> {
  const gone = orders.filter(({ fulfilment }) => fulfilment === 'delivered' || fulfilment === 'lost');
  for (const good of GOOD_NAMES) {
    const sku = skuOf(model.run, good);
    const missing = gone
      .flatMap(({ lines }) => lines)
      .reduce((sum, line) => (line.sku === sku ? sum + line.quantity : sum), 0);
    expect(await real.stock(sku), `stock of ${sku}`).toEqual({
      onHand: GOODS[good].stock - missing,
      reserved: 0,
    });
  }
}
