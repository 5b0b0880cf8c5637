import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.js';
import { emailOf } from '../support/orders.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

describe('an order in another currency', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    {
      deliveryAfter: 0,
      env: {
        CURRENCIES: 'IDR,JPY,KWD,ISK',
        SHIPPING_FEE: 'IDR:1500000,JPY:600,KWD:1250,ISK:90000',
        TAX_RATE: '0.105',
      },
    },
  );

  const keyed = () => ({ 'Idempotency-Key': randomUUID() });
  const sell = async (sku: string, currency: string, unitPrice: number) => {
    const product = { name: sku, currency, unitPrice, sellable: true };
    await system.http.put(`/products/${sku}`).send(product).expect(201);
    const delivery = { quantity: 10, reason: 'Delivery' };
    await system.http.post(`/products/${sku}/stock-adjustments`).set(keyed()).send(delivery).expect(201);
  };
  const delivered = async (sku: string, currency: string, quantity = 1) => {
    const { id } = await system.place({ currency, lines: [{ sku, quantity }] });
    return system.until(id, ({ status, waitingFor }) => status === 'delivered' && waitingFor === null);
  };

  it.each([
    // Rp 25,000,000.00 is a laptop: past 32 bits.
    ['LAPTOP', 'IDR', 2_500_000_000, 1_500_000, 262_500_000, 'IDR\u00a027,640,000.00'],
    ['KETTLE', 'JPY', 1_234, 600, 130, '¥1,964'],
    ['DATES', 'KWD', 12_350, 1_250, 1_300, 'KWD\u00a014.900'],
    ['LAVA', 'ISK', 450_000, 90_000, 47_300, 'ISK\u00a05,873'],
  ])(
    'of a %s in %s is charged, emailed, listed and refunded exactly',
    async (sku, currency, unitPrice, shipping, tax, price) => {
      await sell(sku, currency, unitPrice);
      const total = unitPrice + shipping + tax;
      const order = await delivered(sku, currency);
      expect(order).toMatchObject({
        currency,
        totals: { subtotal: unitPrice, shipping, discount: 0, tax, total },
        payment: 'captured',
      });
      const [intent] = await system.intents(order.id);
      expect(intent).toMatchObject({
        amount: total,
        amount_received: total,
        currency: currency.toLowerCase(),
      });
      const { body: list } = await system.http.get('/orders').query({ sku }).expect(200);
      expect(list.data).toMatchObject([{ id: order.id, totals: { total } }]);
      await eventually(
        async () => system.inbox.to(emailOf(order)).map(({ text = '' }) => text),
        (emails) => emails.some((email) => email.includes(price)),
      );

      const refund = {
        lines: [{ lineId: order.lines[0]?.id, quantity: 1 }],
        reason: 'damaged',
        restock: false,
      };
      await system.http.post(`/orders/${order.id}/refunds`).set(keyed()).send(refund).expect(202);
      await system.until(order.id, ({ payment, refunded }) => payment === 'refunded' && refunded === total);
      const { body: ledger } = await system.http.get(`/orders/${order.id}/ledger`).expect(200);
      expect(
        ledger.data.map((entry: { kind: string; amount: number }) => [entry.kind, entry.amount]),
      ).toEqual([
        ['captured', total],
        ['refund_requested', total],
        ['refund_succeeded', total],
      ]);
      expect(ledger.balances).toContainEqual({ account: 'gateway', amount: 0 });
    },
  );

  it('is refunded in parts that can be refunded', async () => {
    await sell('SAFFRON', 'KWD', 1_230);
    const order = await delivered('SAFFRON', 'KWD', 3);
    const give = (body: object) => system.http.post(`/orders/${order.id}/refunds`).set(keyed()).send(body);
    const reason = { reason: 'damaged', restock: false };
    expect(await give({ amount: 1_005, ...reason })).toMatchObject({
      status: 422,
      body: { code: 'amount_not_chargeable', errors: [{ pointer: '/amount' }] },
    });
    const lineId = order.lines[0]?.id;
    const shares: number[] = [];
    for (let unit = 0; unit < 3; unit++) {
      const { body } = await give({ lines: [{ lineId, quantity: 1 }], ...reason }).expect(202);
      shares.push(body.amount);
    }
    expect(shares.every((share) => share % 10 === 0)).toBe(true);
    expect(shares.reduce((a, b) => a + b, 0)).toBe(order.totals.total);
    await system.until(order.id, ({ payment }) => payment === 'refunded');
  });

  it('is refused where its amounts cannot be charged', async () => {
    const put = (sku: string, currency: string, unitPrice: number) =>
      system.http.put(`/products/${sku}`).send({ name: sku, currency, unitPrice, sellable: true });
    for (const [currency, unitPrice] of [
      ['ISK', 550],
      ['KWD', 1_995],
      ['JPY', 100_000_000],
    ] as const)
      expect(await put('ODD', currency, unitPrice)).toMatchObject({
        status: 422,
        body: { code: 'amount_not_chargeable', errors: [{ pointer: '/unitPrice' }] },
      });
    expect(await put('ODD', 'IDR', 1_000_000_000_000)).toMatchObject({ status: 400 });
    await put('PALACE', 'IDR', 999_999_999_999).expect(201);
    const body = system.body({ currency: 'IDR', lines: [{ sku: 'PALACE', quantity: 1000 }] });
    expect(await system.http.post('/orders').set(keyed()).send(body)).toMatchObject({
      status: 422,
      body: { code: 'order_too_large', detail: expect.stringContaining('999999999999 IDR') },
    });
  });

  it('is rejected, without an attention, when the provider refuses its amount', async () => {
    await sell('SOCKS', 'JPY', 1_000);
    await fetch(`${system.sandbox.url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operation: 'payment_intents.create', fault: 'refuse' }),
    });
    const { id } = await system.place({ currency: 'JPY', lines: [{ sku: 'SOCKS', quantity: 1 }] });
    expect(await system.until(id, ({ status }) => status === 'rejected')).toMatchObject({
      endReason: { code: 'payment_declined' },
      decline: { attempt: 1, code: 'amount_too_small' },
      attention: [],
      fulfilment: 'released',
    });
  });
});
