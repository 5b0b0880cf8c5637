import { randomUUID } from 'node:crypto';

import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { play, stripeOf } from '../../dev/sandbox/test-gateway.js';
import { script, startTestSandbox } from '../../dev/sandbox/test-sandbox.js';
import { PaymentSync } from '../../apps/worker/activities/payments/payment-sync.js';
import { pendingRefunds, refundable } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import { voidKey } from '#libs/domain/payment/payment-keys';
import type { PaymentStatus } from '#libs/domain/order/states';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { capturedLog } from '../support/captured-log.js';
import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

/** Records the signals to runs; it can be unreachable, as Temporal can. */
class Ears {
  readonly heard: string[] = [];
  isDeaf = false;

  async reportPayment(_: OrderId, state: PaymentStatus): Promise<void> {
    this.hear(`payment ${state}`);
  }
  async reportRefund(_: string, state: string): Promise<void> {
    this.hear(`refund ${state}`);
  }
  async startRefund(): Promise<void> {
    this.hear('refund starts');
  }
  private hear(what: string): void {
    if (this.isDeaf) throw new Error('there is no listener');
    this.heard.push(what);
  }
}

describe('a payment sync of an order', () => {
  let bench: Bench;
  let sandbox: Sandbox;
  let gateway: StripeGateway;
  let stripe: Stripe;
  useBench((opened) => {
    bench = opened;
  }, 'orders in progress');
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    gateway = new StripeGateway({ secretKey: 'sk_test_x', apiUrl: sandbox.url, timeout: 30_000 });
    stripe = stripeOf(sandbox);
  });
  afterAll(async () => {
    await sandbox.close();
  });

  const syncWith = (ears: Ears) => new PaymentSync(bench.store, gateway, ears, capturedLog('test').logger);
  const look = async (id: OrderId): Promise<string[]> => {
    const ears = new Ears();
    await syncWith(ears).run(id);
    return ears.heard;
  };

  /** An order with a payment attempt at the provider, of which the books have only the intent. */
  async function tried(
    method: string,
    { manual = false, ...policy }: { manual?: boolean; declineWindow?: number } = {},
  ): Promise<{ id: OrderId; intentId: string; total: number }> {
    const order = await bench.accepted({ method, policy });
    await bench.reserve(order);
    const { id, totals } = order;
    const intent = await gateway.createIntent({
      orderId: id,
      amount: totals.total,
      currency: 'EUR',
      captureMode: manual ? 'on_shipment' : 'immediate',
      idempotencyKey: `${id}:intent`,
    });
    await change(id, () => ({
      intentId: intent.id,
      event: { type: 'payment.intent_created', actor: 'gateway' },
    }));
    await gateway.confirmIntent(intent.id, { method, idempotencyKey: `${id}:charge:1` });
    return { id, intentId: intent.id, total: totals.total };
  }

  async function change(
    id: OrderId,
    decide: Parameters<Bench['store']['orders']['change']>[1],
  ): Promise<OrderRecord> {
    await bench.store.orders.change(await bench.order(id), decide);
    return bench.order(id);
  }

  /** A refund that is booked, and made at the provider. */
  async function refunded(
    id: OrderId,
    intentId: string,
    amount: number,
  ): Promise<{ refundId: string; re: string }> {
    const refundId = randomUUID();
    await change(id, () => ({
      posts: [{ kind: 'refund_requested', objectId: refundId, amount }],
      event: { type: 'refund.requested', actor: 'service:tests' },
      refund: {
        is: 'requested',
        id: refundId,
        amount,
        reason: 'goodwill',
        restock: false,
        lines: [],
        requestedBy: 'service:tests',
      },
    }));
    const { id: re } = await gateway.createRefund({
      intentId,
      orderId: id,
      refundId,
      amount,
      idempotencyKey: refundId,
    });
    return { refundId, re };
  }

  const event = (intentId: string, type = 'payment_intent.succeeded') => ({
    eventId: `evt_${randomUUID()}`,
    type,
    objectId: intentId,
    occurredAt: new Date(),
    matters: true,
  });
  const inboxOf = (intentId: string) =>
    bench.database.inboxEvent.findMany({ where: { objectId: intentId }, orderBy: { receivedAt: 'asc' } });
  const balances = async (id: OrderId): Promise<Record<string, number>> => {
    const sums: Record<string, number> = {};
    for (const { entries } of await bench.store.ledger.ofOrder(id))
      for (const { account, amount } of entries) sums[account] = (sums[account] ?? 0) + amount;
    return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0));
  };
  const paymentEvents = async (id: OrderId) =>
    (await bench.eventTypes(id)).filter((type) => /^(payment|refund|dispute)\./.test(type));

  it('believes no answer that contradicts the order, and counts it', async () => {
    const { id } = await tried('pm_card_visa');
    const readPayment = async (intentId: string) => {
      const payment = await gateway.readPayment(intentId);
      return { ...payment, intent: { ...payment.intent, currency: 'JPY' } };
    };
    const counted: string[][] = [];
    const metrics = { failed: (...failure: string[]) => void counted.push(failure) };
    const { logger } = capturedLog('test');
    await new PaymentSync(bench.store, { readPayment }, new Ears(), logger, metrics).run(id);
    expect(counted).toEqual([['syncPayment', 'contradiction']]);
    expect(await bench.order(id)).toMatchObject({
      payment: 'none',
      attention: [{ kind: 'contradicting_answer', reason: 'intent_currency_differs' }],
    });
  });

  it('confirms an order that was paid, and books it once, though fifty sync at the same time', async () => {
    const { id, intentId, total } = await tried('pm_card_visa');
    const ears = new Ears();
    await bench.store.paymentInbox.receive(event(intentId));
    await Promise.all(Array.from({ length: 50 }, () => syncWith(ears).run(id)));

    expect(await bench.order(id)).toMatchObject({
      status: 'confirmed',
      payment: 'captured',
      booked: { captured: total },
      waits: [],
    });
    expect(await balances(id)).toEqual({ gateway: total, customer_deposits: -total });
    expect(await paymentEvents(id)).toEqual(['payment.intent_created', 'payment.captured']);
    expect(new Set(ears.heard)).toEqual(new Set(['payment captured']));
    expect(await inboxOf(intentId)).toMatchObject([{ orderId: id, appliedAt: expect.any(Date) }]);
    expect(await look(id)).toEqual([]);
  });

  it('syncs a payment that requires action, through a hold, to a capture', async () => {
    const { id, intentId, total } = await tried('pm_card_authenticationRequired', { manual: true });
    expect(await look(id)).toEqual(['payment requires_action']);
    expect(await bench.order(id)).toMatchObject({
      status: 'pending',
      payment: 'requires_action',
      waits: [{ step: 'charge' }],
    });

    await play(sandbox, `/payment-intents/${intentId}/shopper`, { does: 'authenticate' });
    expect(await look(id)).toEqual(['payment authorized']);
    const held = await bench.order(id);
    expect(held).toMatchObject({ status: 'confirmed', payment: 'authorized', waits: [] });
    expect(Date.parse(held.holdUntil ?? '')).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    expect(await balances(id)).toEqual({ holds: total, holds_contra: -total });

    await gateway.captureIntent(intentId, { amount: total, idempotencyKey: `${id}:capture` });
    expect(await look(id)).toEqual(['payment captured']);
    expect(await balances(id)).toEqual({ gateway: total, customer_deposits: -total });
  });

  it('releases a hold that lapsed', async () => {
    const { id, intentId } = await tried('pm_card_visa', { manual: true });
    await look(id);
    await play(sandbox, `/payment-intents/${intentId}/lapse`);
    expect(await look(id)).toEqual(['payment voided']);
    expect(await bench.order(id)).toMatchObject({ status: 'confirmed', payment: 'voided' });
    expect(await balances(id)).toEqual({});
  });

  it('leaves a declined order open for as long as its policy allows', async () => {
    const { id } = await tried('pm_card_chargeDeclined', { declineWindow: 600_000 });
    expect(await look(id)).toEqual(['payment declined']);
    expect(await bench.order(id)).toMatchObject({
      status: 'pending',
      payment: 'declined',
      decline: { attempt: 1, code: 'generic_decline' },
      waits: [{ step: 'charge' }],
    });
    expect((await bench.store.orders.events(id)).at(-1)).toMatchObject({
      type: 'payment.declined',
      changes: { reason: 'generic_decline' },
    });
  });

  it('books nothing of an order without an intent, and of another amount what was received', async () => {
    const order = await bench.accepted();
    expect(await look(order.id)).toEqual([]);
    const other = await stripe.paymentIntents.create({
      amount: 100,
      currency: 'eur',
      allowed_payment_method_types: ['card'],
    });
    await stripe.paymentIntents.confirm(other.id, { payment_method: 'pm_card_visa' });
    await change(order.id, () => ({ intentId: other.id, event: { type: 'test', actor: 'tests' } }));
    expect(await look(order.id)).toEqual(['payment captured']);
    expect(await bench.order(order.id)).toMatchObject({
      status: 'confirmed',
      payment: 'captured',
      booked: { captured: 100 },
    });
    expect(await balances(order.id)).toEqual({ gateway: 100, customer_deposits: -100 });
  });

  it('only books a payment of an order whose run has begun to refund', async () => {
    const { id, total } = await tried('pm_card_visa');
    await bench.store.effects.begin(id, voidKey(id), 'hash');
    expect(await look(id)).toEqual(['payment captured']);
    expect(await bench.order(id)).toMatchObject({ status: 'pending', payment: 'captured' });
    expect(await balances(id)).toEqual({ gateway: total, customer_deposits: -total });
    expect(await bench.store.refunds.ofOrder(id)).toEqual([]);
  });

  describe('of refunds', () => {
    it('settles one that was pending, and signals its run', async () => {
      const { id, intentId, total } = await tried('pm_card_pendingRefund');
      await look(id);
      const { refundId, re } = await refunded(id, intentId, 1000);
      expect(await look(id)).toEqual(['payment captured', 'refund pending']);
      expect(pendingRefunds((await bench.order(id)).booked)).toBe(1000);

      await play(sandbox, `/refunds/${re}`, { becomes: 'succeeded' });
      expect(await look(id)).toEqual(['payment partially_refunded', 'refund succeeded']);
      expect(await bench.store.refunds.find(refundId)).toMatchObject({ state: 'succeeded', providerId: re });
      expect(await balances(id)).toEqual({ gateway: total - 1000, customer_deposits: 1000 - total });
    });

    it.each([
      ['pm_card_pendingRefund', 'failed', ['refund_failed']],
      ['pm_card_visa', 'failed', ['refund_reversed', 'refund_succeeded']],
    ])('frees the amount of one of %s that %s, and opens one attention', async (method, becomes, kinds) => {
      const { id, intentId, total } = await tried(method);
      await look(id);
      const { refundId, re } = await refunded(id, intentId, 1000);
      await look(id);
      await play(sandbox, `/refunds/${re}`, { becomes });
      await look(id);
      await look(id);

      const order = await bench.order(id);
      expect(order).toMatchObject({
        payment: 'captured',
        attention: [{ kind: 'refund_failed', reason: expect.stringMatching(/\w/) }],
      });
      expect(refundable(order.booked)).toBe(total);
      expect(await bench.store.refunds.find(refundId)).toMatchObject({ state: 'failed' });
      expect(
        Object.keys(order.booked)
          .filter((kind) => kind.startsWith('refund_'))
          .sort(),
      ).toEqual([...kinds, 'refund_requested'].sort());
      expect(await balances(id)).toEqual({ gateway: total, customer_deposits: -total });
    });

    it('leaves one that was made by hand to reconciliation', async () => {
      const { id, intentId, total } = await tried('pm_card_visa');
      await look(id);
      await stripe.refunds.create({ payment_intent: intentId, amount: 500 });
      expect(await look(id)).toEqual([]);
      expect(await balances(id)).toEqual({ gateway: total, customer_deposits: -total });
    });
  });

  describe('of disputes', () => {
    it.each([
      ['won', {}],
      ['lost', { dispute_losses: 1 }],
    ])('books what was taken, opens an attention once, and books that it was %s', async (becomes, losses) => {
      const { id, intentId, total } = await tried('pm_card_visa');
      await look(id);
      await play(sandbox, '/disputes', { payment_intent: intentId });
      await look(id);
      await look(id);
      const disputed = await bench.order(id);
      expect(disputed).toMatchObject({
        payment: 'captured',
        dispute: { status: 'needs_response', amount: total },
        attention: [{ kind: 'dispute_opened', reason: 'fraudulent' }],
      });
      expect(refundable(disputed.booked)).toBe(0);
      expect(await balances(id)).toEqual({ disputes_receivable: total, customer_deposits: -total });

      await play(sandbox, `/disputes/${disputed.dispute?.id}`, { becomes });
      await look(id);
      expect(await bench.order(id)).toMatchObject({ dispute: { status: becomes }, attention: [{}] });
      expect(await balances(id)).toEqual(
        'dispute_losses' in losses
          ? { dispute_losses: total, customer_deposits: -total }
          : { gateway: total, customer_deposits: -total },
      );
      expect(await paymentEvents(id)).toEqual([
        'payment.intent_created',
        'payment.captured',
        'dispute.opened',
        'dispute.changed',
      ]);
    });
  });

  it('books the loss of a dispute back where it is won after all, once', async () => {
    const { id, intentId, total } = await tried('pm_card_visa');
    await look(id);
    await play(sandbox, '/disputes', { payment_intent: intentId });
    await look(id);
    const path = `/disputes/${(await bench.order(id)).dispute?.id}`;
    await play(sandbox, path, { becomes: 'lost' });
    await look(id);
    expect(await balances(id)).toEqual({ dispute_losses: total, customer_deposits: -total });
    await play(sandbox, path, { becomes: 'won' });
    await look(id);
    await look(id);
    const order = await bench.order(id);
    expect(order).toMatchObject({ dispute: { status: 'won' }, booked: { dispute_recovered: total } });
    expect(refundable(order.booked)).toBe(total);
    expect(await balances(id)).toEqual({ gateway: total, customer_deposits: -total });
  });

  it('refunds money that came after the end, once, though many sync at the same time', async () => {
    const { id, intentId, total } = await tried('pm_card_authenticationRequired');
    await look(id);
    await bench.store.stock.release(await bench.order(id));
    await change(id, () => ({
      next: { status: 'rejected' },
      endReason: { code: 'payment_expired', by: 'workflow' },
      closes: true,
      ended: ['charge'],
      event: { type: 'order.rejected', actor: 'workflow' },
    }));
    await play(sandbox, `/payment-intents/${intentId}/shopper`, { does: 'authenticate' });
    const ears = new Ears();
    await Promise.all(Array.from({ length: 20 }, () => syncWith(ears).run(id)));

    expect(await bench.order(id)).toMatchObject({
      status: 'rejected',
      payment: 'captured',
      attention: [{ kind: 'late_payment', reason: 'captured' }],
    });
    expect(await bench.store.refunds.ofOrder(id)).toMatchObject([
      { id, amount: total, reason: 'late_payment', state: 'requested' },
    ]);
    expect(await balances(id)).toEqual({ gateway: total, refunds_payable: -total });
    expect(new Set(ears.heard)).toEqual(new Set(['refund starts']));
  });

  it('refunds money that a bank returned after the end', async () => {
    const { id, intentId, total } = await tried('pm_card_visa');
    await look(id);
    await play(sandbox, '/disputes', { payment_intent: intentId });
    await look(id);
    await change(id, () => ({
      next: { status: 'cancelling' },
      event: { type: 'cancellation.accepted', actor: 'service:tests' },
    }));
    await bench.store.stock.release(await bench.order(id));
    const { dispute } = await change(id, () => ({
      next: { status: 'cancelled' },
      endReason: { code: 'cancelled', by: 'service:tests' },
      closes: true,
      event: { type: 'order.cancelled', actor: 'service:tests' },
    }));
    await play(sandbox, `/disputes/${dispute?.id}`, { becomes: 'won' });

    expect(await look(id)).toEqual(['refund starts']);
    expect(await look(id)).toEqual([]);
    expect(await bench.order(id)).toMatchObject({
      payment: 'captured',
      attention: [{ kind: 'dispute_opened' }, { kind: 'late_payment', reason: 'dispute_won' }],
    });
    expect(await bench.store.refunds.ofOrder(id)).toMatchObject([
      { id, amount: total, reason: 'late_payment', state: 'requested' },
    ]);
    expect(await balances(id)).toEqual({ gateway: total, refunds_payable: -total });
  });

  describe('because of events', () => {
    it('keeps them open while the provider gives no answer', async () => {
      const { id, intentId } = await tried('pm_card_visa');
      await bench.store.paymentInbox.receive(event(intentId));
      await script(sandbox, { operation: 'payment_intents.retrieve', fault: '500' });
      await expect(look(id)).rejects.toMatchObject({ name: 'Outage' });
      expect(await inboxOf(intentId)).toMatchObject([{ appliedAt: null }]);
      expect(await bench.store.paymentInbox.unsettled(0, 1_000)).toContain(id);
      expect(await look(id)).toEqual(['payment captured']);
      expect(await inboxOf(intentId)).toMatchObject([{ verdict: 'news', signalledAt: expect.any(Date) }]);
      expect(await bench.store.paymentInbox.unsettled(0, 1_000)).not.toContain(id);
    });

    it('signals again what no run received', async () => {
      const { id, intentId } = await tried('pm_card_visa');
      await bench.store.paymentInbox.receive(event(intentId));
      const ears = new Ears();
      ears.isDeaf = true;
      await syncWith(ears).run(id);
      expect(await bench.order(id)).toMatchObject({ payment: 'captured' });
      expect(await bench.store.paymentInbox.unsettled(0, 1_000)).toContain(id);
      expect(await look(id)).toEqual(['payment captured']);
      expect(await bench.store.paymentInbox.unsettled(0, 1_000)).not.toContain(id);
    });

    it('finds those that came before the order had its intent', async () => {
      const early = event(`pi_${randomUUID()}`);
      expect(await bench.store.paymentInbox.receive(early)).toBeNull();
      const order = await bench.accepted();
      expect(await bench.store.paymentInbox.unsettled(0, 1_000)).not.toContain(order.id);
      await change(order.id, () => ({ intentId: early.objectId, event: { type: 'test', actor: 'tests' } }));
      expect(await bench.store.paymentInbox.unsettled(0, 1_000)).toContain(order.id);
    });

    it('assigns one to its order that came before the order had its intent, and says nothing new', async () => {
      const order = await bench.accepted();
      const intent = await stripe.paymentIntents.create({
        amount: order.totals.total,
        currency: 'eur',
        allowed_payment_method_types: ['card'],
      });
      await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_authenticationRequired' });
      const early = event(intent.id, 'payment_intent.requires_action');
      await bench.store.paymentInbox.receive(early);
      const isUnmatched = () => bench.store.unmatchedEvents.has('stripe', early.eventId);
      expect(await isUnmatched()).toBe(true);
      // The answer to the charge is booked before the event is looked at.
      await change(order.id, () => ({
        intentId: intent.id,
        intentStatus: 'requires_action',
        event: { type: 'payment.requires_action', actor: 'gateway' },
      }));
      expect(await look(order.id)).toEqual([]);
      expect(await inboxOf(intent.id)).toMatchObject([{ orderId: order.id, verdict: 'known' }]);
      expect(await isUnmatched()).toBe(false);
    });

    it('stores each once, and returns the order to sync only then', async () => {
      const { id, intentId } = await tried('pm_card_visa');
      const same = event(intentId);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => bench.store.paymentInbox.receive(same)),
      );
      expect(answers.filter((answer) => answer !== null)).toEqual([id]);
      expect(await inboxOf(intentId)).toHaveLength(1);
    });
  });
});
