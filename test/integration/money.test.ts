import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { LARGEST_AMOUNT } from '#libs/domain/money/currencies';

import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

/** Rp 25,000,000.00 is a laptop: past 32 bits. */
const LAPTOP = { unitPrice: 2_500_000_000, currency: 'IDR' } as const;

describe('amounts past 32 bits', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  it('are the price of a product', async () => {
    const laptop = { sku: 'LAPTOP', name: 'Laptop', sellable: true, ...LAPTOP };
    expect(await bench.store.catalogue.put(laptop)).toMatchObject({ product: LAPTOP, isNew: true });
    expect(await bench.store.catalogue.find('LAPTOP')).toMatchObject(LAPTOP);
    expect(await bench.store.catalogue.findBySkus(['LAPTOP'])).toEqual([laptop]);
    await bench.store.catalogue.seed([{ ...laptop, sku: 'LAPTOP-2', stock: 1 }]);
    expect(await bench.store.catalogue.list({ after: 'LAPTOP', limit: 1 })).toMatchObject([
      { sku: 'LAPTOP-2', unitPrice: 2_500_000_000, onHand: 1 },
    ]);
  });

  it('are ordered, booked, refunded and listed to the last digit', async () => {
    const { order, id } = await bench.labelled({ price: { ...LAPTOP, unitPrice: 499_999_999_999 } });
    const totals = { subtotal: 999_999_999_998, total: 999_999_999_998 };
    expect(order).toMatchObject({
      currency: 'IDR',
      totals,
      lines: [{ unitPrice: 499_999_999_999, quantity: 2 }],
      booked: { captured: 999_999_999_998 },
    });
    await bench.refund(order, 333_333_333_333);
    expect(await bench.store.refunds.ofOrder(id)).toMatchObject([{ amount: 333_333_333_333 }]);
    expect(await bench.store.ledger.ofOrder(id)).toMatchObject([
      { kind: 'captured', amount: 999_999_999_998, entries: [{ amount: 999_999_999_998 }, {}] },
      { kind: 'refund_requested', amount: 333_333_333_333 },
      { kind: 'refund_succeeded', entries: [{}, { account: 'gateway', amount: -333_333_333_333 }] },
    ]);
    const [listed] = await bench.store.orders.list({ limit: 1 });
    expect(listed).toMatchObject({ totals, payment: 'partially_refunded' });
  });

  it('are compared, found and adopted', async () => {
    const unmatched = {
      kind: 'unknown_charge',
      intentId: `pi_${randomUUID()}`,
      found: LARGEST_AMOUNT,
      currency: 'IDR',
    } as const;
    await bench.store.discrepancies.recordUnmatchedCharge(unmatched, null, new Date());
    const [discrepancy] = await bench.store.discrepancies.list({ limit: 1 });
    expect(discrepancy).toMatchObject({ expected: 0, found: LARGEST_AMOUNT, currency: 'IDR' });
    if (!discrepancy) throw new Error('nothing was found');
    expect(await bench.store.discrepancies.acknowledge(discrepancy, { note: 'Known.', by: 'tests' })).toBe(
      true,
    );
  });

  it('are numbers wherever they are read, and an error where JavaScript has no such number', async () => {
    const ask = (amount: string) =>
      bench.database.$queryRawUnsafe<{ amount: number }[]>(`SELECT ${amount}::bigint AS amount`);
    expect(await ask('9007199254740991')).toEqual([{ amount: Number.MAX_SAFE_INTEGER }]);
    expect(await ask('NULL')).toEqual([{ amount: null }]);
    await expect(ask('9007199254740992')).rejects.toThrow('a number that JavaScript has not');
    await bench.database.$transaction(async (tx) => {
      expect(await tx.$queryRaw`SELECT 2500000000::bigint AS amount`).toEqual([{ amount: 2_500_000_000 }]);
    });
    // What PostgreSQL puts into JSON does not pass by there, so the database holds none of them.
    await expect(
      bench.database.$executeRaw`INSERT INTO product (sku, name, currency, unit_price)
        VALUES ('INEXACT', 'Inexact', 'IDR', 9007199254740992)`,
    ).rejects.toThrow(/product_price_exact/);
  });
});
