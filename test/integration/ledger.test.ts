import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

describe('the books', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  const entriesOf = async (id: Awaited<ReturnType<Bench['paid']>>['id']) =>
    (await bench.store.ledger.ofOrder(id)).map(({ kind, entries }) => [
      kind,
      ...entries.map(({ account, amount }) => `${account} ${amount}`),
    ]);

  it('show where the money is, in entries that an accountant can add up', async () => {
    const { order, id } = await bench.labelled();
    await bench.refund(order, 1000);
    expect(await entriesOf(id)).toEqual([
      ['captured', 'gateway 3980', 'customer_deposits -3980'],
      ['refund_requested', 'customer_deposits 1000', 'refunds_payable -1000'],
      ['refund_succeeded', 'refunds_payable 1000', 'gateway -1000'],
    ]);
    expect(await bench.order(id)).toMatchObject({
      payment: 'partially_refunded',
      booked: { captured: 3980, refund_requested: 1000, refund_succeeded: 1000 },
    });
  });

  it('book a fact once, however many report it at the same time', async () => {
    const { order, id } = await bench.labelled();
    const refundId = await bench.requestRefund(order, 500);
    await Promise.all(Array.from({ length: 10 }, () => bench.settleRefund(order, refundId, 500)));
    expect((await bench.order(id)).booked).toEqual({
      captured: 3980,
      refund_requested: 500,
      refund_succeeded: 500,
    });
  });

  it('book money of one dispute that is withdrawn again, once', async () => {
    const { order, id } = await bench.labelled();
    const fact = { objectId: `dp_${randomUUID()}`, amount: 3980 };
    const again = [
      { kind: 'dispute_withdrawn', ...fact },
      { kind: 'dispute_reinstated', ...fact },
      { kind: 'dispute_withdrawn', ...fact, occurrence: 2 },
    ] as const;
    for (const posts of [[again[0]], [again[1]], again, again])
      await bench.store.orders.change(order, () => ({ posts, event: { type: 'test', actor: 'gateway' } }));
    expect((await bench.order(id)).booked).toEqual({
      captured: 3980,
      dispute_withdrawn: 7960,
      dispute_reinstated: 3980,
    });
    const { money } = await bench.store.comparisons.ofOrder(id, new Date());
    expect(money.withheld.reduce((sum, { amount }) => sum + amount, 0)).toBe(3980);
  });

  it('take it once although two orders claim it', async () => {
    const [one, other] = [await bench.labelled(), await bench.labelled()];
    const posts = [{ kind: 'dispute_withdrawn', objectId: `dp_${randomUUID()}`, amount: 3980 }] as const;
    for (const { order } of [one, other]) {
      await bench.store.orders.change(order, () => ({
        posts,
        event: { type: 'dispute.funds_withdrawn', actor: 'gateway' },
      }));
    }
    expect((await bench.order(one.id)).booked.dispute_withdrawn).toBe(3980);
    expect((await bench.order(other.id)).booked.dispute_withdrawn).toBeUndefined();
  });

  it.each([
    ['that does not sum to zero', [100, -99]],
    ['that has one side only', [100]],
    ['that has no entries', []],
  ])('refuse a transaction %s', async (_, amounts) => {
    const id = randomUUID();
    const before = await bench.database.ledgerTransaction.count();
    const writing = bench.database.$transaction(async (tx) => {
      await tx.ledgerTransaction.create({
        data: { id, kind: 'unknown_accepted', objectId: id, amount: 100, currency: 'EUR' },
      });
      await tx.ledgerEntry.createMany({
        data: amounts.map((amount, index) => ({
          transactionId: id,
          account: index === 0 ? 'gateway' : 'suspense',
          amount,
        })),
      });
    });
    await expect(writing).rejects.toThrow(/does not sum to zero/);
    expect(await bench.database.ledgerTransaction.count()).toBe(before);
  });
});
