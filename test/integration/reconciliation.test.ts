import { randomUUID } from 'node:crypto';

import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { play, stripeOf } from '../../dev/sandbox/test-gateway.js';
import { startTestSandbox } from '../../dev/sandbox/test-sandbox.js';
import { PaymentSync } from '../../apps/worker/activities/payments/payment-sync.js';
import { Reconciliation } from '../../apps/worker/reconciliation/reconciliation.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { StripeRecords } from '#libs/payments/stripe.records';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { capturedLog } from '../support/captured-log.js';
import { Bench } from './bench.js';

const HOUR = 3_600_000;
/** No run waits for the payments of these orders. */
const NO_RUNS = {
  reportPayment: async () => undefined,
  reportRefund: async () => undefined,
  startRefund: async () => undefined,
};
const BY = 'service:ops';

describe('reconciliation', () => {
  let bench: Bench;
  let sandbox: Sandbox;
  let stripe: Stripe;
  /** Orders for which a payment sync was requested. */
  let checked: OrderId[];
  beforeEach(async () => {
    bench = await Bench.open();
    sandbox = await startTestSandbox();
    stripe = stripeOf(sandbox);
    checked = [];
  });
  afterEach(async () => {
    try {
      await bench.checkInvariants();
    } finally {
      await bench.end();
      await sandbox.close();
    }
  });

  /** Compares all money up to now; `settle` as in the command. */
  async function reconcile({ isExclusive = false, settle = 0, settles = true } = {}) {
    const options = { secretKey: 'sk_test_books', apiUrl: sandbox.url, timeout: 30_000 };
    const { logger } = capturedLog('test');
    const sync = new PaymentSync(bench.store, new StripeGateway(options), NO_RUNS, logger);
    const payments = {
      run: async (id: OrderId) => {
        checked.push(id);
        if (settles) await sync.run(id);
      },
    };
    const books = new StripeRecords(options);
    const reconciliation = new Reconciliation(bench.store, books, payments, logger, isExclusive);
    // Movements during this comparison are included, too, however slow the machine is.
    const to = new Date(Date.now() + 30_000 - settle);
    const from = new Date(to.getTime() - HOUR);
    await reconciliation.unsettled(to, null, () => undefined);
    await reconciliation.movements({ from, to }, null, () => undefined);
    return discrepancies('open');
  }

  const discrepancies = async (state?: 'open' | 'closed') =>
    (await bench.store.discrepancies.list({ ...(state ? { state } : {}), limit: 100 })).map(
      ({ kind, objectId, orderId, expected, found, note }) => ({
        kind,
        objectId,
        orderId,
        expected,
        found,
        note,
      }),
    );

  /** An order that was paid at the gateway, and is in the books so. */
  async function paid(): Promise<{ order: OrderRecord; id: OrderId; intent: string }> {
    const accepted = await bench.accepted();
    await bench.reserve(accepted);
    const { total: amount } = accepted.totals;
    const { id: intent } = await stripe.paymentIntents.create({
      amount,
      currency: 'eur',
      allowed_payment_method_types: ['card'],
      metadata: { orderId: accepted.id },
    });
    await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    await bench.store.orders.change(await bench.order(accepted.id), () => ({
      next: { status: 'confirmed' },
      intentId: intent,
      intentStatus: 'captured',
      posts: [{ kind: 'captured', objectId: intent, amount }],
      event: { type: 'payment.captured', actor: 'gateway' },
    }));
    return { order: await bench.order(accepted.id), id: accepted.id, intent };
  }

  /** A refund that was made through the service. @returns the gateway's id, and ours */
  async function refunded(order: OrderRecord, intent: string, amount: number) {
    const id = randomUUID();
    const made = await stripe.refunds.create({
      payment_intent: intent,
      amount,
      metadata: { orderId: order.id, refundId: id },
    });
    await bench.store.orders.change(await bench.order(order.id), () => ({
      posts: [{ kind: 'refund_requested', objectId: id, amount }],
      event: { type: 'refund.requested', actor: BY },
      refund: { is: 'requested', id, amount, reason: 'goodwill', restock: false, lines: [], requestedBy: BY },
    }));
    await bench.store.orders.change(await bench.order(order.id), () => ({
      posts: [{ kind: 'refund_succeeded', objectId: id, amount }],
      event: { type: 'refund.succeeded', actor: 'gateway' },
      refund: { is: 'settled', id, state: 'succeeded', providerId: made.id },
    }));
    return { id, providerId: made.id };
  }

  const acknowledge = async (id: OrderId, note: string) => {
    const order = await bench.order(id);
    const attention = order.attention.find(({ kind }) => kind === 'discrepancy')?.id ?? '';
    return bench.store.attention.resolve(order, attention, { action: 'acknowledge', note, by: BY });
  };
  const booked = async (id: OrderId) =>
    (await bench.store.ledger.ofOrder(id)).map(({ kind, amount }) => `${kind} ${amount}`);

  it('finds nothing where the books agree, and reads no order for that', async () => {
    const { order, intent } = await paid();
    await paid();
    await refunded(order, intent, 500);
    expect(await reconcile()).toEqual([]);
    expect(checked).toEqual([]);
  });

  it('finds a charge that the service does not know, where the account is only for it', async () => {
    await play(sandbox, '/discrepancies', { kind: 'unknown_charge', amount: 1234 });
    expect(await reconcile()).toEqual([]);
    const found = await reconcile({ isExclusive: true });
    expect(found).toMatchObject([{ kind: 'unknown_charge', orderId: null, expected: 0, found: 1234 }]);
    expect(await reconcile({ isExclusive: true })).toEqual(found);

    const [discrepancy] = await bench.store.discrepancies.list({ limit: 1 });
    if (!discrepancy) throw new Error('there is no discrepancy');
    const answer = { note: 'a voucher sold at the till', by: BY };
    const answers = await Promise.all([
      bench.store.discrepancies.acknowledge(discrepancy, answer),
      bench.store.discrepancies.acknowledge(discrepancy, answer),
    ]);
    expect(answers.toSorted()).toEqual([false, true]);
    expect(await bench.database.ledgerTransaction.findMany({ include: { entries: true } })).toMatchObject([
      {
        kind: 'unknown_accepted',
        objectId: discrepancy.id,
        amount: 1234n,
        currency: 'EUR',
        orderId: null,
        entries: expect.arrayContaining([
          expect.objectContaining({ account: 'gateway', amount: 1234n }),
          expect.objectContaining({ account: 'suspense', amount: -1234n }),
        ]),
      },
    ]);
    expect(await reconcile({ isExclusive: true })).toEqual([]);
    expect(await discrepancies('closed')).toMatchObject([{ kind: 'unknown_charge', note: answer.note }]);
  });

  it('no longer finds a charge that was refunded at the gateway', async () => {
    await play(sandbox, '/discrepancies', { kind: 'unknown_charge' });
    const [found] = await reconcile({ isExclusive: true });
    await stripe.refunds.create({ payment_intent: found?.objectId ?? '' });
    expect(await reconcile({ isExclusive: true })).toEqual([]);
    expect(await discrepancies()).toMatchObject([{ note: 'no longer seen' }]);
  });

  it('finds a second charge for an order, although others use the account', async () => {
    const { id } = await paid();
    await play(sandbox, '/discrepancies', {
      kind: 'unknown_charge',
      amount: 3980,
      metadata: { orderId: id },
    });
    expect(await reconcile()).toMatchObject([{ kind: 'unknown_charge', orderId: id, found: 3980 }]);
    expect((await bench.order(id)).attention).toMatchObject([
      { kind: 'discrepancy', reason: 'unknown_charge' },
    ]);
    expect(await acknowledge(id, 'given back by bank transfer')).toBe('resolved');
    expect(await booked(id)).toEqual(['captured 3980', 'unknown_accepted 3980']);
    expect((await bench.order(id)).payment).toBe('captured');
    expect(await reconcile()).toEqual([]);
  });

  it('finds an amount that is off by one cent, and books nothing for it', async () => {
    const { id, intent } = await paid();
    await play(sandbox, '/discrepancies', {
      kind: 'altered_amount',
      payment_intent: intent,
      by: 1,
    });
    const difference = { kind: 'amount_differs', objectId: intent, expected: 3980, found: 3981 };
    expect(await reconcile()).toMatchObject([{ ...difference, orderId: id }]);
    expect(await bench.eventTypes(id)).toContain('reconciliation.differed');
    expect(await acknowledge(id, 'reported to the gateway')).toBe('resolved');
    expect(await booked(id)).toEqual(['captured 3980']);
    expect(await reconcile()).toEqual([]);
    expect(await discrepancies()).toMatchObject([{ ...difference, note: 'reported to the gateway' }]);

    await play(sandbox, '/discrepancies', {
      kind: 'altered_amount',
      payment_intent: intent,
      by: 500,
    });
    expect(await reconcile()).toMatchObject([{ ...difference, found: 4481, note: null }]);
    expect((await bench.order(id)).attention).toHaveLength(1);
  });

  it('finds a refund that was lost', async () => {
    const { order, id, intent } = await paid();
    const refund = await refunded(order, intent, 500);
    await play(sandbox, '/discrepancies', { kind: 'lost_refund', refund: refund.providerId });
    expect(await reconcile()).toMatchObject([
      { kind: 'missing_refund', objectId: refund.id, orderId: id, expected: 500, found: 0 },
    ]);
    expect((await bench.order(id)).attention).toMatchObject([{ reason: 'missing_refund' }]);
  });

  it('finds a refund that was made by hand, and adopts it', async () => {
    const { id, intent } = await paid();
    const { id: refund } = await stripe.refunds.create({ payment_intent: intent, amount: 700 });
    const found = await reconcile();
    expect(found).toMatchObject([
      { kind: 'unknown_refund', objectId: refund, orderId: id, expected: 0, found: 700 },
    ]);
    expect(await reconcile()).toEqual(found);
    expect((await bench.order(id)).attention).toHaveLength(1);

    expect(await acknowledge(id, 'by the shop')).toBe('resolved');
    expect(await booked(id)).toEqual(['captured 3980', 'refund_adopted 700']);
    expect(await bench.order(id)).toMatchObject({ payment: 'partially_refunded', attention: [] });
    expect(await discrepancies()).toMatchObject([{ kind: 'unknown_refund', note: 'by the shop' }]);
    expect(await reconcile()).toEqual([]);
  });

  it('finds an order whose money the gateway does not have', async () => {
    const order = await bench.paid();
    await bench.store.orders.change(order, () => ({
      intentId: `pi_${order.id}`,
      event: { type: 'payment.intent_created', actor: 'gateway' },
    }));
    expect(await reconcile()).toMatchObject([
      { kind: 'missing_charge', orderId: order.id, expected: 3980, found: 0 },
    ]);
  });

  it('finds a dispute that was not booked', async () => {
    const { id, intent } = await paid();
    await play(sandbox, '/disputes', { payment_intent: intent });
    expect(await reconcile({ settles: false })).toMatchObject([
      { kind: 'dispute_differs', orderId: id, expected: 0, found: 3980 },
    ]);
    expect(checked).toContain(id);
    expect(await reconcile()).toEqual([]);
    expect(await booked(id)).toContain('dispute_withdrawn 3980');
  });

  it('closes a difference that is gone again, and its attention with it', async () => {
    const { id, intent } = await paid();
    const falsify = (by: number) =>
      play(sandbox, '/discrepancies', { kind: 'altered_amount', payment_intent: intent, by });
    await falsify(1);
    expect(await reconcile()).toHaveLength(1);
    await falsify(-1);
    expect(await reconcile()).toEqual([]);
    expect(await discrepancies('closed')).toMatchObject([{ note: 'no longer seen' }]);
    expect((await bench.order(id)).attention).toEqual([]);
    await falsify(1);
    expect(await reconcile()).toHaveLength(1);
    expect(await discrepancies()).toHaveLength(1);
    expect((await bench.order(id)).attention).toHaveLength(1);
  });

  it('ignores movements that are too recent, and those of a running call', async () => {
    const { id, intent } = await paid();
    await stripe.refunds.create({ payment_intent: intent, amount: 700 });
    expect(await reconcile({ settle: 600_000 })).toEqual([]);
    const key = `${id}:refund:${randomUUID()}`;
    const { effect } = await bench.store.effects.begin(id, key, '');
    expect(await reconcile()).toEqual([]);
    expect(checked).toEqual([]);
    await bench.database.effect.update({ where: { key: effect?.key ?? '' }, data: { state: 'closed' } });
    expect(await reconcile()).toHaveLength(1);
  });

  it('resumes where the attempt before had stopped', async () => {
    const { intent } = await paid();
    await stripe.refunds.create({ payment_intent: intent, amount: 700 });
    const books = new StripeRecords({ secretKey: 'sk_test_books', apiUrl: sandbox.url, timeout: 30_000 });
    const reconciliation = new Reconciliation(
      bench.store,
      books,
      { run: async () => undefined },
      capturedLog('test').logger,
      false,
    );
    const to = new Date(Date.now() + 1_000);
    const from = new Date(to.getTime() - 3 * HOUR);
    const cursors: string[] = [];
    const stop = (cursor: string) => {
      cursors.push(cursor);
      if (cursors.length === 2) throw new Error('killed');
    };
    await expect(reconciliation.movements({ from, to }, null, stop)).rejects.toThrow('killed');
    expect(await discrepancies()).toEqual([]);
    const hours: string[] = [];
    const compared = await reconciliation.movements({ from, to }, cursors[1] ?? '', (cursor) =>
      hours.push(cursor),
    );
    expect(compared).toEqual({ moved: 2, booked: 1, examined: 1 });
    expect(new Set(hours).size).toBe(2);
    expect(await discrepancies()).toHaveLength(1);
  });
});
