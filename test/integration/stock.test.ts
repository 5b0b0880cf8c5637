import { describe, expect, it } from 'vitest';

import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

describe('reservations', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  const many = <T>(count: number, make: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => make(index)));
  const held = (orderId: string) => bench.database.reservation.findMany({ where: { orderId } });

  it('sell the last unit to one of fifty buyers', async () => {
    const orders = await many(50, () => bench.accepted({ lines: [{ sku: 'LAST-ONE', quantity: 1 }] }));
    const answers = await Promise.all(orders.map((order) => bench.reserve(order)));

    expect(answers.filter((answer) => answer === 'reserved')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'out_of_stock')).toHaveLength(49);
    expect(await bench.stock('LAST-ONE')).toEqual({ onHand: 1, reserved: 1 });
    expect(await bench.database.reservation.findMany({ where: { sku: 'LAST-ONE' } })).toHaveLength(1);
  });

  it('do not wait for each other when carts name the same goods in opposite orders', async () => {
    const cart = [
      { sku: 'MUG-BLUE', quantity: 1 },
      { sku: 'TEA-GREEN', quantity: 2 },
    ];
    const mugs = await bench.stock('MUG-BLUE');
    const teas = await bench.stock('TEA-GREEN');
    const orders = await many(200, (index) =>
      bench.accepted({ lines: index % 2 === 0 ? cart : cart.toReversed() }),
    );
    const answers = await Promise.all(orders.map((order) => bench.reserve(order)));

    expect(answers.filter((answer) => answer !== 'reserved')).toEqual([]);
    expect((await bench.stock('MUG-BLUE')).reserved).toBe(mugs.reserved + 200);
    expect((await bench.stock('TEA-GREEN')).reserved).toBe(teas.reserved + 400);

    // Some reserve their goods again while others release them.
    await Promise.all(
      orders.map(({ id }) => bench.order(id).then((order) => bench.store.stock.release(order))),
    );
    expect(await bench.stock('MUG-BLUE')).toEqual(mugs);
    expect(await bench.stock('TEA-GREEN')).toEqual(teas);
    await Promise.all(orders.map(({ id }) => bench.close(id, 'rejected')));
  });

  it('are of all lines or of none', async () => {
    const gifts = await bench.stock('GIFT');
    const order = await bench.accepted({
      lines: [
        { sku: 'GIFT', quantity: 3 },
        { sku: 'SOLD-OUT', quantity: 1 },
      ],
    });
    expect(await bench.reserve(order)).toBe('out_of_stock');
    expect(await bench.stock('GIFT')).toEqual(gifts);
    expect(await held(order.id)).toEqual([]);
    expect(await bench.eventTypes(order.id)).not.toContain('inventory.reserved');
  });

  it('are refused when the catalogue does not have the goods at all', async () => {
    const order = await bench.accepted({ lines: [{ sku: 'NEVER-HEARD-OF', quantity: 1 }] });
    expect(await bench.reserve(order)).toBe('out_of_stock');
  });

  it('are made once, however often and however concurrently they are requested', async () => {
    const before = await bench.stock('MUG-BLUE');
    const order = await bench.accepted({ lines: [{ sku: 'MUG-BLUE', quantity: 2 }] });
    const answers = await many(10, () => bench.reserve(order));

    expect(answers.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'already'), 'reserved']);
    expect(await bench.reserve(await bench.order(order.id))).toBe('already');
    expect((await bench.stock('MUG-BLUE')).reserved).toBe(before.reserved + 2);
    const events = await bench.eventTypes(order.id);
    expect(events.filter((type) => type === 'inventory.reserved')).toHaveLength(1);
  });

  it('that were refused stay refused, even when goods have come in since', async () => {
    const order = await bench.accepted({ lines: [{ sku: 'SOLD-OUT', quantity: 1 }] });
    expect(await bench.store.stock.reserve(order, 0)).toBe('out_of_stock');
    await bench.database.$transaction([
      bench.database.stockMovement.create({ data: { sku: 'SOLD-OUT', kind: 'received', quantity: 5 } }),
      bench.database.product.update({ where: { sku: 'SOLD-OUT' }, data: { onHand: { increment: 5 } } }),
    ]);
    expect(await bench.reserve(order)).toBe('out_of_stock');
    expect(await bench.stock('SOLD-OUT')).toEqual({ onHand: 5, reserved: 0 });
  });

  it('that are released first can no longer be made', async () => {
    const before = await bench.stock('MUG-BLUE');
    const order = await bench.accepted();
    expect(await bench.store.stock.release(order)).toBe(false);
    expect(await bench.reserve(order)).toBe('closed');

    expect(await bench.stock('MUG-BLUE')).toEqual(before);
    expect(await held(order.id)).toEqual([]);
    expect(await bench.order(order.id)).toMatchObject({ fulfilment: 'none' });
    await bench.close(order.id, 'rejected');
  });

  it('are released once', async () => {
    const before = await bench.stock('MUG-BLUE');
    const order = await bench.accepted();
    await bench.reserve(order);
    const released = await many(5, async () => bench.store.stock.release(await bench.order(order.id)));

    expect(released.filter(Boolean)).toHaveLength(1);
    expect(await bench.store.stock.release(await bench.order(order.id))).toBe(false);
    expect(await bench.stock('MUG-BLUE')).toEqual(before);
    expect(await held(order.id)).toMatchObject([{ state: 'released', quantity: 2 }]);
    expect(await bench.order(order.id)).toMatchObject({ fulfilment: 'released' });
    await bench.close(order.id, 'rejected');
  });

  it('hold nothing after a release, whichever of the two came first, and neither waits for the other', async () => {
    const before = await bench.stock('TEA-GREEN');
    const orders = await many(40, () => bench.accepted({ lines: [{ sku: 'TEA-GREEN', quantity: 1 }] }));
    await Promise.all(
      orders.flatMap((order) => [bench.store.stock.reserve(order, 0), bench.store.stock.release(order)]),
    );
    expect(await bench.stock('TEA-GREEN')).toEqual(before);
    const rows = await bench.database.reservation.findMany({
      where: { orderId: { in: orders.map(({ id }) => id) } },
    });
    expect(rows.filter(({ state }) => state !== 'released')).toEqual([]);
    await Promise.all(orders.map(({ id }) => bench.close(id, 'rejected')));
  });

  it('are not released once the goods are labelled', async () => {
    const { order } = await bench.labelled();
    expect(await bench.store.stock.release(order)).toBe(false);
    expect(await held(order.id)).toMatchObject([{ state: 'open' }]);
  });

  it('show until when the charge is delayed', async () => {
    const order = await bench.accepted();
    await bench.store.stock.reserve(order, 90_000);
    const { waits } = await bench.order(order.id);
    expect(waits).toMatchObject([{ step: 'charge' }]);
    expect(Date.parse(waits[0]?.deadline ?? '') - Date.parse(waits[0]?.since ?? '')).toBe(90_000);
  });
});

describe('seeding the catalogue', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  it('adds each product with its stock once', async () => {
    const lamp = { sku: 'LAMP', name: 'Lamp', currency: 'EUR', unitPrice: 5900, sellable: true, stock: 7 };
    expect(await bench.store.catalogue.seed([lamp])).toBe(1);
    const changed = { ...lamp, name: 'Brighter lamp', unitPrice: 1, stock: 100 };
    expect(await bench.store.catalogue.seed([changed])).toBe(0);

    expect(await bench.stock('LAMP')).toEqual({ onHand: 7, reserved: 0 });
    expect(await bench.store.catalogue.findBySkus(['LAMP'])).toEqual([
      { sku: 'LAMP', name: 'Lamp', currency: 'EUR', unitPrice: 5900, sellable: true },
    ]);
    expect(await bench.database.stockMovement.findMany({ where: { sku: 'LAMP' } })).toMatchObject([
      { kind: 'received', quantity: 7, orderId: null },
    ]);
  });

  it('adds it once even when several processes start at the same time', async () => {
    const desk = { sku: 'DESK', name: 'Desk', currency: 'EUR', unitPrice: 5900, sellable: true, stock: 7 };
    const added = await Promise.all(Array.from({ length: 8 }, () => bench.store.catalogue.seed([desk])));
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await bench.stock('DESK')).toEqual({ onHand: 7, reserved: 0 });
  });
});
