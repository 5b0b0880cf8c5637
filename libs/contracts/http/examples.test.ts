import { expect, test } from 'vitest';

import { paymentOf } from '#libs/domain/ledger/ledger';
import { orderNumber } from '#libs/domain/order/order-number';

import { ANSWERS, problemExample } from './examples.js';
import { OrderView } from './order-view.api.js';
import { PlaceOrder } from './order-request.api.js';

const { Order: order, Refund: refund, Ledger: ledger, Product: product } = ANSWERS;
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

test('the order of the examples adds up', () => {
  const { subtotal, shipping, discount, tax, total } = order.totals;
  expect(sum(order.lines.map(({ quantity, unitPrice }) => quantity * unitPrice))).toBe(subtotal);
  expect(Math.round(sum(order.lines.map((line) => line.quantity * line.unitPrice * line.taxRate)))).toBe(tax);
  expect(subtotal + shipping - discount + tax).toBe(total);
  expect(order.captured).toBe(total);
  expect(order.number).toMatch(
    new RegExp(`^${orderNumber(new Uint8Array(8)).replaceAll('0', '[0-9A-HJKMNP-TV-Z]')}$`),
  );
});

test('its status matches its books', () => {
  const balances = new Map<string, number>();
  for (const { entries } of ledger.data) {
    expect(sum(entries.map(({ amount }) => amount))).toBe(0);
    for (const { account, amount } of entries) balances.set(account, (balances.get(account) ?? 0) + amount);
  }
  expect(ledger.balances).toEqual([...balances].map(([account, amount]) => ({ account, amount })));
  const booked = Object.fromEntries(ledger.data.map(({ kind, amount }) => [kind, amount]));
  expect(booked).toMatchObject({ captured: order.captured, refund_succeeded: order.refunded });
  expect(refund).toMatchObject({ amount: order.refunded, state: 'succeeded' });
  expect(paymentOf('captured', booked, { attempt: order.attempt, decline: null })).toBe(order.payment);
});

test('a confirmed order waits with its label for the carrier, and its goods are held', () => {
  expect(order).toMatchObject({ status: 'confirmed', fulfilment: 'ready', endReason: null });
  expect(order.shipments).toMatchObject([{ status: order.fulfilment }]);
  expect(order.waitingFor).toMatchObject({ step: 'deliver' });
  expect(product.available).toBe(product.onHand - product.reserved);
  expect(order.lines).toMatchObject([
    { sku: product.sku, name: product.name, unitPrice: product.unitPrice, quantity: product.reserved },
  ]);
});

test('its events are in the order of time, and ids have the time of their creation', () => {
  const timeOf = (id: string) =>
    new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toISOString();
  expect(timeOf(order.id)).toBe(order.createdAt);
  expect(timeOf(refund.id)).toBe(refund.requestedAt);
  const times = [order.createdAt, order.waitingFor?.since, refund.requestedAt, refund.settledAt].map(String);
  expect(times).toEqual(times.toSorted((a, b) => a.localeCompare(b)));
  expect(order.updatedAt).toBe(refund.settledAt);
});

test('an order that was rejected is another one', () => {
  expect(problemExample('payment_declined').orderId).not.toBe(order.id);
  expect(OrderView.safeParse(order).success).toBe(true);
});

test('the request of the examples is that of the order', () => {
  const request: unknown = Object.values(PlaceOrder.meta()?.examples ?? {})[0];
  expect(PlaceOrder.parse(request)).toMatchObject({
    customer: order.customer,
    currency: order.currency,
    lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  });
});
