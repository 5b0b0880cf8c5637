import { expect } from 'vitest';

import { CancellationView } from '#libs/contracts/http/cancellation.api';
import { OrderList } from '#libs/contracts/http/order-list.api';
import { RefundList } from '#libs/contracts/http/refund.api';
import type { OrderStatus } from '#libs/domain/order/states';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { GOOD_NAMES, GOODS, skuOf } from './goods.js';
import { type Model, type ModelOrder, possibleEnds } from './model.js';
import type { Real } from './real.js';
import { isTakenBack } from './refunds.js';

/** The facts that a shopper, an accountant and a stock-keeper see when every order of a run has ended. */
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
    await refundsAreKnown(placed, order, real);
    await wishIsDecided(placed, order, real);
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

/** Invariants 1 and 7, checked on the gateway's own records. */
async function moneyIsRight(placed: ModelOrder, order: OrderRecord, real: Real): Promise<void> {
  const what = `${order.number}, ${order.status}`;
  const paid = (await real.system.intents(order.id)).filter(({ status }) => status === 'succeeded');
  const { refunds, disputes } = await real.moneyThere(order.id);
  const sum = (status: string) =>
    refunds.reduce((total, refund) => (refund.status === status ? total + refund.amount : total), 0);
  const taken = paid.reduce((total, intent) => total + intent.amount_received, 0);
  const back = sum('succeeded') + sum('pending');
  const withBank = disputes
    .flatMap((dispute) => dispute.balance_transactions)
    .reduce((total, { amount }) => total - amount, 0);

  expect(paid.length, `charges of ${what}`).toBeLessThanOrEqual(1);
  expect(back + withBank, `what has left of ${taken} of ${what}`).toBeLessThanOrEqual(taken);
  // A hold may lapse while its parcel is picked up.
  const isLost = order.policy.captureMode === 'on_shipment' && order.payment === 'voided';
  if (order.status === 'delivered')
    expect(taken, `what was taken for ${what}`).toBe(isLost ? 0 : placed.total);
  if (isTakenBack(order) && order.attention.length === 0)
    expect(taken - back - withBank, `what is left of ${taken} of ${what}`).toBe(0);
}

/** The refunds that were requested, once each, and those that an order makes itself when it is compensated. */
async function refundsAreKnown(placed: ModelOrder, order: OrderRecord, { system }: Real): Promise<void> {
  const { body } = await system.http.get(`/orders/${order.id}/refunds`).expect(200);
  const refunds = RefundList.parse(body).data;
  const asked = refunds.filter(({ requestedBy }) => requestedBy.startsWith('service:')).map(({ id }) => id);
  expect(asked.toSorted(), `refunds of ${order.number}`).toEqual([...placed.refunds].toSorted());
  const own = refunds.filter(({ reason }) => reason === 'cancelled' || reason === 'undelivered');
  if (order.status !== 'cancelled' && order.status !== 'undelivered')
    expect(own, `refunds that ${order.number}, ${order.status}, made itself`).toEqual([]);
}

/** Every cancellation request is decided. */
async function wishIsDecided(placed: ModelOrder, order: OrderRecord, { system }: Real): Promise<void> {
  if (!placed.wasToBeCancelled) return;
  const { body } = await system.http.get(`/orders/${order.id}/cancellation`).expect(200);
  const right = order.status === 'cancelled' ? 'accepted' : 'refused';
  expect(CancellationView.parse(body).state, `the request to cancel ${order.number}, ${order.status}`).toBe(
    right,
  );
}

async function parcelIsRight(order: OrderRecord, real: Real): Promise<void> {
  const parcel = await real.parcelOf(order.id);
  const what = `the parcel of ${order.number}, which is ${order.status}`;
  if (order.status === 'rejected') expect(parcel, what).toBeUndefined();
  if (order.status === 'cancelled') {
    // The carrier may report any event of a parcel that it has cancelled.
    expect(parcel && parcel.events.length === 0 ? parcel.status : 'cancelled', what).toBe('cancelled');
  }
  if (order.status === 'delivered' || order.status === 'undelivered')
    expect(order.shipments, what).toMatchObject([{ trackingNumber: parcel?.trackingNumber }]);
}

/** Each kind of mail, with the ends of which its shopper must be sent one, and may be. */
const MAILS: Readonly<
  Record<string, { readonly of: OrderStatus | null; readonly not: readonly OrderStatus[] }>
> = {
  confirmation: { of: 'delivered', not: ['rejected'] },
  // There is no shipment email where the parcel arrives before it could be sent.
  shipped: { of: null, not: ['rejected', 'cancelled'] },
  delivery: { of: 'delivered', not: ['rejected', 'cancelled', 'undelivered'] },
  undelivered: { of: 'undelivered', not: ['rejected', 'cancelled', 'delivered'] },
  cancellation: { of: 'cancelled', not: ['rejected', 'delivered', 'undelivered'] },
  rejection: { of: 'rejected', not: ['cancelled', 'delivered', 'undelivered'] },
};

/** Invariant 4. */
function mailsAreRight(model: Model, placed: ModelOrder, order: OrderRecord, { system }: Real): void {
  const mails = system.inbox
    .to(placed.email)
    .filter(({ subject }) => subject?.includes(order.number))
    .map(({ messageId }) => messageId?.split('@')[0] ?? '');
  const mayLack = model.mailWasRefused || placed.mayLackMail;
  for (const [kind, { of, not }] of Object.entries(MAILS)) {
    const sent = mails.filter((id) => id === `<${kind}.${order.id}`).length;
    const what = `mails of kind ${kind} to the shopper of ${order.number}, ${order.status}`;
    if (order.status === of && !mayLack) expect(sent, what).toBeGreaterThanOrEqual(1);
    if (not.includes(order.status)) expect(sent, what).toBe(0);
    if (sent > 1) expect(model.workerFailed || wasInDoubt(order, system.log), what).toBe(true);
  }
  const known = Object.keys(MAILS).map((kind) => `<${kind}.${order.id}`);
  const others = mails.filter((id) => !id.startsWith('<refund.'));
  expect(known, 'the Message-IDs there may be').toEqual(expect.arrayContaining([...new Set(others)]));
}

/** Whether an SMTP session for one of an order's mails broke off, so that its outcome is unknown. */
const wasInDoubt = ({ id }: OrderRecord, log: readonly string[]) =>
  log.some((line) => line.includes(id) && /"mail_(timeout|unreachable)"/.test(line));

/** Stock lacks exactly the goods that were delivered or lost; no goods are reserved any more. */
async function stockAddsUp(model: Model, orders: readonly OrderRecord[], real: Real): Promise<void> {
  const gone = orders.filter(({ fulfilment }) => fulfilment === 'delivered' || fulfilment === 'lost');
  const missing = new Map<string, number>();
  for (const { id, lines } of gone) {
    const refunds = await real.system.store.refunds.ofOrder(id);
    const back = refunds.flatMap((refund) => (refund.restock ? refund.lines : []));
    for (const line of lines) {
      const restocked = back.reduce((sum, each) => (each.lineId === line.id ? sum + each.quantity : sum), 0);
      missing.set(line.sku, (missing.get(line.sku) ?? 0) + line.quantity - restocked);
    }
  }
  for (const good of GOOD_NAMES) {
    const sku = skuOf(model.run, good);
    expect(await real.stock(sku), `stock of ${sku}`).toEqual({
      onHand: GOODS[good].stock - (missing.get(sku) ?? 0),
      reserved: 0,
    });
  }
}
