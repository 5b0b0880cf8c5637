import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { abreast } from '../support/crowd.js';
import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

/** Milliseconds for 500 orders, on a machine that is busy. */
const PATIENCE = 400_000;

describe('a crowd', () => {
  let system: System;
  let database: pg.Client;
  useSystem((opened) => {
    system = opened;
  });
  beforeAll(async () => {
    await system.store.catalogue.seed([
      { sku: 'RUSH', name: 'In the news', currency: 'EUR', unitPrice: 1500, sellable: true, stock: 480 },
    ]);
    database = new pg.Client({ connectionString: system.databaseUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
  }, PATIENCE);

  /** Places an order for each cart, and waits until each has been reserved, paid and labelled, or has ended. */
  const buy = async (carts: readonly (readonly { sku: string; quantity: number }[])[]) => {
    const ids: string[] = [];
    await abreast(carts, 50, async (lines) => {
      ids.push((await system.place({ lines: [...lines] })).id);
    });
    await eventually(
      () =>
        database.query<{ underWay: number }>(
          `SELECT count(*)::int AS "underWay" FROM orders
           WHERE id = ANY($1) AND closed_at IS NULL AND fulfilment <> 'ready'`,
          [ids],
        ),
      ({ rows }) => rows[0]?.underWay === 0,
      PATIENCE,
    );
    const { rows } = await database.query<{ id: string; status: string; reason: string | null }>(
      'SELECT id, status, payment, end_code AS reason FROM orders WHERE id = ANY($1)',
      [ids],
    );
    return rows;
  };
  const SERVED = { status: 'confirmed', payment: 'captured', reason: null };
  const REFUSED = { status: 'rejected', payment: 'none', reason: 'out_of_stock' };
  const goods = async (sku: string) =>
    (await database.query('SELECT on_hand, reserved FROM product WHERE sku = $1', [sku])).rows[0];

  it.each([
    { sku: 'LAST-ONE', buyers: 50, units: 1 },
    { sku: 'RUSH', buyers: 500, units: 480 },
  ])(
    'of $buyers for $units of $sku: that many are served and charged, the others find it sold out',
    async ({ sku, buyers, units }) => {
      const orders = await buy(Array.from({ length: buyers }, () => [{ sku, quantity: 1 }]));
      const served = orders.filter(({ status }) => status === 'confirmed');
      const refused = orders.filter(({ status }) => status !== 'confirmed');
      expect(served).toEqual(Array(units).fill(expect.objectContaining(SERVED)));
      expect(refused).toEqual(Array(buyers - units).fill(expect.objectContaining(REFUSED)));
      expect(await goods(sku)).toEqual({ on_hand: units, reserved: units });

      const charges = await system.charges();
      expect(served.every(({ id }) => charges[id] === 1)).toBe(true);
      expect(refused.some(({ id }) => id in charges)).toBe(false);
    },
    PATIENCE + 60_000,
  );

  it(
    'with the same goods in their carts in opposite order is served, every one',
    async () => {
      const cart = [
        { sku: 'MUG-BLUE', quantity: 1 },
        { sku: 'TEA-GREEN', quantity: 2 },
      ];
      const carts = Array.from({ length: 60 }, (_, n) => (n % 2 ? cart : cart.toReversed()));
      expect(await buy(carts)).toEqual(Array(60).fill(expect.objectContaining(SERVED)));
      expect(await goods('MUG-BLUE')).toMatchObject({ reserved: 60 });
      expect(await goods('TEA-GREEN')).toMatchObject({ reserved: 120 });
    },
    PATIENCE,
  );

  it('causes no deadlock', async () => {
    const { rows } = await database.query(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(rows).toEqual([{ deadlocks: 0 }]);
    expect(system.log.filter((line) => /deadlock|40P01|40001|contended/.test(line))).toEqual([]);
  });
});
