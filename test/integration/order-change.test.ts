import { randomBytes, randomUUID } from 'node:crypto';

import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import { orderNumber } from '#libs/domain/order/order-number';
import { IllegalTransition } from '#libs/domain/order/states';
import { totalsOf } from '#libs/domain/money/totals';
import { isOrderNumberTaken } from '#libs/persistence/database/database-failure';
import type { NewOrder } from '#libs/persistence/orders/order.repository';

import { TEST_POLICY } from '../support/orders.js';
import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

let bench: Bench;
useBench((opened) => {
  bench = opened;
});

describe('changes of one order', () => {
  it('are all written when they are made at once, none twice', async () => {
    const { order } = await bench.labelled();
    const written = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        bench.store.orders.change(order, () => ({
          event: { type: 'note', actor: 'tests', details: { index } },
        })),
      ),
    );
    expect(written).toEqual(Array.from({ length: 60 }, () => true));
    const notes = (await bench.store.orders.events(order.id)).filter(({ type }) => type === 'note');
    const indexes = notes.map(({ changes }) => changes['index']);
    expect(new Set(indexes).size).toBe(60);
    expect(indexes).toHaveLength(60);
    expect((await bench.order(order.id)).version).toBe(order.version + 60);
  });

  it('that no state decides about are decided once, among others that have to be decided again', async () => {
    const { order } = await bench.labelled();
    let decided = 0;
    const written = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        bench.store.orders.change(order, () => {
          const free = index % 2 === 0;
          if (free) decided += 1;
          return {
            event: { type: 'note', actor: 'tests', details: { index } },
            ...(free ? { atAnyVersion: true } : {}),
          };
        }),
      ),
    );
    expect(written).toEqual(Array.from({ length: 60 }, () => true));
    expect(decided).toBe(30);
    const notes = (await bench.store.orders.events(order.id)).filter(({ type }) => type === 'note');
    expect(new Set(notes.map(({ changes }) => changes['index'])).size).toBe(60);
    expect((await bench.order(order.id)).version).toBe(order.version + 60);
    await expect(
      bench.store.orders.change(order, () => ({
        event: { type: 'note', actor: 'tests' },
        next: { status: 'shipped', fulfilment: 'shipped' },
        atAnyVersion: true,
      })),
    ).rejects.toThrow('must be decided on a version');
  });

  it('that no state decides about settle their effect once, though the order changes just before', async () => {
    const { order } = await bench.labelled();
    const key = `${order.id}:mail`;
    await bench.store.effects.begin(order.id, key, 'hash');
    const client = new pg.Client({ connectionString: bench.databaseUrl });
    await client.connect();
    const isBlocked = async () =>
      (await client.query('SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))'))
        .rowCount === 1;
    try {
      await client.query('BEGIN');
      await client.query('UPDATE orders SET version = version + 1 WHERE id = $1', [order.id]);
      const written = bench.store.orders.change(order, () => ({
        event: { type: 'note', actor: 'tests' },
        settles: { key, fence: 1, settlement: { state: 'done' } },
        atAnyVersion: true,
      }));
      await expect.poll(isBlocked).toBe(true);
      await client.query('COMMIT');
      expect(await written).toBe(true);
    } finally {
      await client.end();
    }
    expect(await bench.store.effects.find(key)).toMatchObject({ state: 'done' });
    expect((await bench.order(order.id)).version).toBe(order.version + 2);
    const notes = (await bench.store.orders.events(order.id)).filter(({ type }) => type === 'note');
    expect(notes).toHaveLength(1);
  });

  it('with which an effect begins are refused before anything is written, where the order must be read again', async () => {
    const { order } = await bench.labelled();
    const key = `${order.id}:next`;
    const change = bench.store.orders.change(order, () => ({
      event: { type: 'note', actor: 'tests' },
      begins: { key, requestHash: 'hash' },
      ended: ['charge'],
    }));
    await expect(change).rejects.toThrow('must be read again');
    expect((await bench.order(order.id)).version).toBe(order.version);
    expect(await bench.store.effects.find(key)).toBeNull();
  });

  it('that only one can make are made by one, and the others decide anew', async () => {
    const { order } = await bench.labelled();
    const seen: string[] = [];
    const written = await Promise.all(
      Array.from({ length: 20 }, () =>
        bench.store.orders.change(order, (current) => {
          seen.push(current.status);
          return current.status === 'confirmed'
            ? { next: { status: 'cancelling' }, event: { type: 'cancellation.accepted', actor: 'tests' } }
            : null;
        }),
      ),
    );
    expect(written.filter(Boolean)).toHaveLength(1);
    expect(seen).toContain('cancelling');
    expect(await bench.order(order.id)).toMatchObject({ status: 'cancelling' });
    const events = await bench.eventTypes(order.id);
    expect(events.filter((type) => type === 'cancellation.accepted')).toHaveLength(1);
  });

  it('of different states all reach the audit trail, each from where the one before ended', async () => {
    // Payment and fulfilment move on their own while the status does; checkInvariants reads the trail.
    const orders = await Promise.all(Array.from({ length: 10 }, () => bench.labelled()));
    await Promise.all(
      orders.flatMap(({ order }) => [
        bench.refund(order, 100),
        bench.store.orders.change(order, () => ({
          next: { status: 'cancelling' },
          event: { type: 'cancellation.accepted', actor: 'tests' },
        })),
        bench.store.orders.change(order, () => ({
          next: { fulfilment: 'reserved' },
          event: { type: 'shipment.cancelled', actor: 'carrier' },
        })),
      ]),
    );
    for (const { id } of orders) {
      expect(await bench.order(id)).toMatchObject({
        status: 'cancelling',
        payment: 'partially_refunded',
        fulfilment: 'reserved',
      });
    }
    await bench.checkInvariants();
  });

  it('are decided anew, not refused, when they were not allowed only by then', async () => {
    const { order } = await bench.labelled();
    await bench.store.orders.change(order, () => ({
      next: { status: 'shipped', fulfilment: 'shipped' },
      event: { type: 'shipment.picked_up', actor: 'carrier' },
    }));
    // What is read first has been overtaken; from there the move would be illegal.
    const stale = { ...order, status: 'pending' as const };
    const written = await bench.store.orders.change(stale, () => ({
      next: { status: 'delivered', fulfilment: 'delivered' },
      event: { type: 'shipment.delivered', actor: 'carrier' },
      ended: ['deliver'],
    }));
    expect(written).toBe(true);
    expect(await bench.order(order.id)).toMatchObject({ status: 'delivered' });
    await bench.finish(order.id);
  });

  it('write nothing when they are not allowed', async () => {
    const { id } = await bench.labelled();
    const order = await bench.order(id);
    const trail = await bench.store.orders.events(id);
    const change = bench.store.orders.change(order, () => ({
      next: { status: 'shipped' },
      intentStatus: 'authorized',
      event: { type: 'nonsense', actor: 'tests' },
      endReason: { code: 'lost', by: 'tests' },
    }));
    await expect(change).rejects.toThrow(IllegalTransition);
    expect(await bench.order(id)).toEqual(order);
    expect(await bench.store.orders.events(id)).toEqual(trail);
  });

  it('write nothing when the database refuses a part of them', async () => {
    const intentId = 'pi_of_another_order';
    const event = { type: 'payment.intent_created', actor: 'tests' };
    await bench.store.orders.change(await bench.paid(), () => ({ event, intentId }));
    const paid = await bench.paid();
    const stock = await bench.stock('MUG-BLUE');
    const change = bench.store.orders.change(paid, () => ({
      next: { fulfilment: 'ready' },
      event: { type: 'shipment.created', actor: 'tests' },
      intentId,
      begun: { step: 'deliver', for: 1_000 },
    }));
    await expect(change).rejects.toThrow(/Unique constraint/i);
    expect(await bench.order(paid.id)).toEqual(paid);
    expect(await bench.eventTypes(paid.id)).not.toContain('shipment.created');
    expect(await bench.stock('MUG-BLUE')).toEqual(stock);
  });
});

describe('what may only be added to', () => {
  it.each(['order_event', 'stock_movement', 'ledger_transaction', 'ledger_entry'])(
    '%s refuses to be changed, deleted or emptied',
    async (table) => {
      const { id } = await bench.labelled();
      await bench.store.orders.change(await bench.order(id), () => ({
        next: { status: 'shipped', fulfilment: 'shipped' },
        event: { type: 'shipment.picked_up', actor: 'carrier' },
      }));
      const count = () => bench.database.$queryRawUnsafe(`SELECT count(*)::int AS rows FROM ${table}`);
      const before = await count();
      for (const statement of [
        `UPDATE ${table} SET ${table === 'ledger_entry' ? 'amount = 0' : 'at = now()'}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ]) {
        await expect(bench.database.$executeRawUnsafe(statement), statement).rejects.toThrow(
          `${table} is append-only`,
        );
      }
      expect(await count()).toEqual(before);
    },
  );

  it('the audit trail cannot be lost with its order', async () => {
    const { id } = await bench.labelled();
    await expect(bench.database.$executeRaw`DELETE FROM orders WHERE id = ${id}::uuid`).rejects.toThrow(
      /foreign key constraint/i,
    );
    await expect(bench.database.$executeRaw`TRUNCATE orders CASCADE`).rejects.toThrow('append-only');
  });
});

describe('accepting', () => {
  const lines = [
    { id: uuidv7(), sku: 'GIFT', name: 'A gift', quantity: 1, unitPrice: 0, taxRate: 0.07 },
    { id: uuidv7(), sku: 'MUG-BLUE', name: 'Blue mug', quantity: 2, unitPrice: 1990, taxRate: 0.19 },
  ];
  const newOrder = (changes: Partial<NewOrder> = {}): NewOrder => ({
    id: orderId(uuidv7()),
    number: orderNumber(randomBytes(8)),
    customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
    shippingAddress: { line1: '12 St James Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
    currency: 'EUR',
    lines: lines.map((line) => ({ ...line, id: uuidv7() })),
    totals: totalsOf(lines, 490, 'EUR'),
    paymentMethod: 'pm_card_visa',
    policy: TEST_POLICY,
    ...changes,
  });
  const request = (key: string, principal = 'shop', requestHash = 'h') => ({
    principal,
    operation: 'POST /orders',
    key,
    requestHash,
  });
  const accept = async (order: NewOrder, key: string, principal?: string) => {
    const accepted = await bench.store.orders.accept(order, request(key, principal));
    if (accepted) await bench.close(order.id, 'rejected');
    return accepted;
  };

  it('under one key at the same time makes one order', async () => {
    const key = randomUUID();
    const orders = Array.from({ length: 20 }, () => newOrder());
    const accepted = await Promise.all(orders.map((order) => accept(order, key)));
    expect(accepted.filter(Boolean)).toHaveLength(1);

    const stored = await bench.database.order.findMany({ where: { id: { in: orders.map(({ id }) => id) } } });
    expect(stored.map(({ id }) => id)).toEqual(accepted.flatMap((order) => order?.id ?? []));
    expect(
      await bench.store.idempotencyKeys.find({ principal: 'shop', operation: 'POST /orders', key }),
    ).toEqual({
      requestHash: 'h',
      orderId: stored[0]?.id,
      resourceId: null,
    });
  });

  it('takes the same key of two shops for two', async () => {
    const key = randomUUID();
    expect(await accept(newOrder(), key, 'one-shop')).not.toBeNull();
    expect(await accept(newOrder(), key, 'other-shop')).not.toBeNull();
  });

  it('returns what a read of the order would return', async () => {
    const order = newOrder();
    const accepted = await bench.store.orders.accept(order, request(randomUUID()));
    expect(accepted).toEqual(await bench.order(order.id));
    await bench.close(order.id, 'rejected');
  });

  it('keeps what was ordered, to the cent', async () => {
    const order = newOrder();
    await accept(order, randomUUID());
    expect(await bench.order(order.id)).toMatchObject({
      number: order.number,
      customer: order.customer,
      shippingAddress: order.shippingAddress,
      // 2 × 19.90, and 19 % of it: 7.562.
      totals: { subtotal: 3980, shipping: 490, discount: 0, tax: 756, total: 5226 },
      lines: order.lines,
      policy: TEST_POLICY,
    });
    expect((await bench.store.orders.events(order.id))[0]).toMatchObject({
      type: 'order.accepted',
      actor: 'service:shop',
      changes: { status: { from: null, to: 'pending' }, payment: { from: null, to: 'none' } },
    });
  });

  it('leaves the key free when the order cannot be stored', async () => {
    const first = newOrder();
    await accept(first, randomUUID());
    const key = randomUUID();
    const sameNumber = newOrder({ number: first.number });
    await expect(accept(sameNumber, key)).rejects.toSatisfy(isOrderNumberTaken);
    expect(await bench.store.orders.find(sameNumber.id)).toBeNull();
    expect(await accept({ ...sameNumber, number: orderNumber(randomBytes(8)) }, key)).not.toBeNull();
  });
});

describe('the database', () => {
  it.each([
    ['more reserved than there is', 'UPDATE product SET reserved = on_hand + 1'],
    ['less than nothing reserved', 'UPDATE product SET reserved = -1'],
    ['less than nothing in stock', 'UPDATE product SET on_hand = -1, reserved = -1'],
    ['a negative price', 'UPDATE product SET unit_price = -1'],
    ['a status that is unknown', `UPDATE orders SET status = 'paid'`],
    ['a payment that is unknown', `UPDATE orders SET payment = 'paid'`],
    ['a fulfilment that is unknown', `UPDATE orders SET fulfilment = 'sent'`],
    ['a total that does not add up', 'UPDATE orders SET total = total + 1'],
    ['a total below nothing', 'UPDATE orders SET discount = subtotal + 1, total = shipping + tax - 1'],
    ['a line of nothing', 'UPDATE order_line SET quantity = 0'],
    ['a reservation of nothing', 'UPDATE reservation SET quantity = 0'],
    [
      'an adjustment of stock for no reason',
      `INSERT INTO stock_movement (sku, kind, quantity) VALUES ('GIFT', 'adjusted', 1)`,
    ],
    ['a reservation in no state', `UPDATE reservation SET state = 'maybe'`],
    ['an effect in no state', `UPDATE effect SET state = 'maybe'`],
    ['two orders with one number', `UPDATE orders SET number = 'R-0000-0000'`],
    ['two orders with one payment', `UPDATE orders SET intent_id = 'pi_1'`],
    [
      'goods that leave twice',
      `INSERT INTO stock_movement (sku, order_id, kind, quantity)
       SELECT l.sku, o.id, 'shipped', -1 FROM orders o JOIN order_line l ON l.order_id = o.id, generate_series(1, 2)`,
    ],
  ])('refuses %s', async (_, statement) => {
    await Promise.all([bench.labelled(), bench.labelled()]);
    await expect(bench.database.$executeRawUnsafe(statement)).rejects.toThrow(
      /violates check constraint|Unique constraint|duplicate key value/,
    );
  });
});
