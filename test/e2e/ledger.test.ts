import { randomUUID } from 'node:crypto';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';

import { basket } from '../support/basket.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe("an order's books", () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  const ledger = (id: string) =>
    answered(system.shop.GET('/orders/{id}/ledger', { params: { path: { id } } }));

  it('show the charge, and the refund when the carrier refused the parcel', async () => {
    const { shippingAddress } = basket();
    const { id } = await system.place({ shippingAddress: { ...shippingAddress, postalCode: '00000' } });
    await system.until(id, ({ status }) => status === 'cancelled');
    const { data, balances } = await ledger(id);
    expect(data).toMatchObject([
      {
        kind: 'captured',
        amount: 3980,
        currency: 'EUR',
        entries: [
          { account: 'gateway', amount: 3980 },
          { account: 'customer_deposits', amount: -3980 },
        ],
      },
      { kind: 'refund_requested', amount: 3980 },
      {
        kind: 'refund_succeeded',
        amount: 3980,
        entries: [
          { account: 'refunds_payable', amount: 3980 },
          { account: 'gateway', amount: -3980 },
        ],
      },
    ]);
    expect(balances).toEqual([
      { account: 'gateway', amount: 0 },
      { account: 'customer_deposits', amount: 0 },
      { account: 'refunds_payable', amount: 0 },
    ]);
  });

  it('are empty while nothing was charged', async () => {
    const { id } = await system.place({ lines: [{ sku: 'SOLD-OUT', quantity: 1 }] });
    await system.until(id, ({ status }) => status === 'rejected');
    expect(await ledger(id)).toEqual({ data: [], balances: [] });
  });

  it('are shown to operators, and only of existing orders', async () => {
    const reader = await system.store.apiKeys.create('a-shop', ['read', 'write']);
    const { id } = await system.place({ lines: [{ sku: 'SOLD-OUT', quantity: 1 }] });
    const answer = await supertest(system.url)
      .get(`/orders/${id}/ledger`)
      .set('Authorization', `Bearer ${reader}`);
    expect([answer.status, answer.body.code]).toEqual([403, 'insufficient_scope']);
    expect((await system.http.get(`/orders/${randomUUID()}/ledger`)).status).toBe(404);
    await system.until(id, ({ status }) => status === 'rejected');
  });
});
