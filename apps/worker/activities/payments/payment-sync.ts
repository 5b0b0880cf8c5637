import { v7 as uuid } from 'uuid';

import { Outage } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import { changeOf } from '#libs/domain/payment/payment-change';
import { voidKey } from '#libs/domain/payment/payment-keys';
import {
  verifiedSnapshot,
  type BookedPayment,
  paymentDifferences,
  type PaymentDifference,
} from '#libs/domain/payment/payment-diff';
import type { GatewayPayment, PaymentGateway } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OpenPaymentEvent } from '#libs/persistence/payments/payment-inbox.repository';
import type { RefundRecord } from '#libs/persistence/refunds/refund.repository';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import type { OrderRuns } from '#libs/temporal/order-runs';

import type { ActivityMetrics } from '../../telemetry/activity-metrics.js';

/** A sync that is overtaken has seen another one make progress; the bound only guards against a bug. */
const TRIES = 200;

type Facts = Pick<
  Store,
  'orders' | 'refunds' | 'disputes' | 'ledger' | 'effects' | 'paymentInbox' | 'attention'
>;
type Runs = Pick<OrderRuns, 'reportPayment' | 'reportRefund' | 'startRefund'>;

/** The books of an order's money. */
interface Books extends BookedPayment {
  readonly order: OrderRecord;
  readonly refunds: readonly RefundRecord[];
}

/**
 * Syncs the books of an order's money with the provider, for an event, the order's own run, a refund's or reconciliation.
 * It is safe to repeat, and for two at once.
 */
export class PaymentSync {
  constructor(
    private readonly store: Facts,
    private readonly gateway: Pick<PaymentGateway, 'readPayment'>,
    private readonly runs: Runs,
    private readonly logger: Logger,
    private readonly metrics?: Pick<ActivityMetrics, 'failed'>,
  ) {}

  /** @throws Outage when the provider gives no usable answer; events stay open then */
  async run(orderId: OrderId): Promise<void> {
    const order = await this.store.orders.get(orderId);
    const { intentId } = order;
    if (intentId === null) return;
    // The provider's answer settles only events that came before the call.
    const events = await this.store.paymentInbox.open(intentId);
    const { written, books } = await this.synchronize(await this.readBooks(order), intentId, events);
    await this.store.paymentInbox.markKnown(orderId, events);
    // A change that another sync has written, and not signalled, may be newer than these books.
    if (events.some(({ isApplied }) => isApplied))
      await this.signal(await this.readBooks(await this.store.orders.get(orderId)), 'all', events);
    else if (written.length > 0) await this.signal(books, written, events);
  }

  /**
   * Writes difference after difference until the provider shows none.
   *
   * @returns what was written, and the books after it
   */
  private async synchronize(
    read: Books,
    intentId: string,
    events: readonly OpenPaymentEvent[],
  ): Promise<{ readonly written: readonly PaymentDifference[]; readonly books: Books }> {
    const written: PaymentDifference[] = [];
    let books = read;
    let snapshot = await this.readSnapshot(books.order, intentId);
    for (let tries = 0; tries < TRIES; tries++) {
      const [difference] = snapshot === null ? [] : paymentDifferences(books, snapshot);
      if (!difference || snapshot === null) return { written, books };
      const isWritten = await this.write(difference, books, snapshot, events);
      if (isWritten) written.push(difference);
      const expected = isWritten && difference.about === 'intent' ? difference.status : books.intentStatus;
      books = await this.readBooks(await this.store.orders.get(books.order.id));
      // Another sync has run, perhaps later: the snapshot of this one may be older.
      if (books.intentStatus !== expected) snapshot = await this.readSnapshot(books.order, intentId);
    }
    throw new Outage('superseded');
  }

  /** @returns the verified snapshot; opens an attention for a snapshot that contradicts the order */
  private async readSnapshot(order: OrderRecord, intentId: string): Promise<GatewayPayment | null> {
    const asked = { orderId: order.id, intentId, currency: order.currency };
    const { snapshot, contradiction } = verifiedSnapshot(asked, await this.gateway.readPayment(intentId));
    if (contradiction !== null) {
      this.metrics?.failed('syncPayment', 'contradiction');
      this.logger.error({ orderId: order.id, code: contradiction }, 'the gateway contradicts an order');
      await this.store.attention.flagContradiction(order, contradiction);
    }
    return snapshot;
  }

  /** Reads the order's rows after the order: a newer row has raised the order's version. */
  private async readBooks(order: OrderRecord): Promise<Books> {
    const [refunds, disputes, posted] = await Promise.all([
      this.store.refunds.ofOrder(order.id),
      this.store.disputes.ofOrder(order.id),
      this.store.ledger.ofOrder(order.id),
    ]);
    return {
      order,
      intentStatus: order.intentStatus,
      holdDated: order.holdUntil !== null,
      refunds,
      disputes,
      posted,
    };
  }

  /** @returns false when the order has changed since the books were read */
  private async write(
    difference: PaymentDifference,
    { order, refunds }: Books,
    { intent }: GatewayPayment,
    events: readonly OpenPaymentEvent[],
  ): Promise<boolean> {
    // Not once the order's run has begun to give the money back.
    const confirms =
      order.status === 'pending' && (await this.store.effects.find(voidKey(order.id))) === null;
    const refundId = refunds.some(({ id }) => id === order.id) ? uuid() : order.id;
    return this.store.orders.change(order, (current) =>
      current.version === order.version
        ? {
            ...changeOf(difference, current, intent, { by: 'sync', confirms, refundId }),
            paymentEvents: { ids: events.map(({ id }) => id), about: difference.about },
          }
        : null,
    );
  }

  /** What cannot be signalled is signalled by the next sync: an event stays open until then. */
  private async signal(
    { order, refunds }: Books,
    written: readonly PaymentDifference[] | 'all',
    events: readonly OpenPaymentEvent[],
  ): Promise<void> {
    const { id: orderId } = order;
    const isWritten = (id: string) =>
      written === 'all' || written.some((each) => each.about === 'refund' && each.refundId === id);
    try {
      if (order.closedAt === null) await this.runs.reportPayment(orderId, order.payment);
      for (const { id, state, reason } of refunds) {
        if (state === 'requested' && reason === 'late_payment')
          await this.runs.startRefund(id, orderId, order.policy);
        else if (isWritten(id)) await this.runs.reportRefund(id, state);
      }
      await this.store.paymentInbox.markSignalled(events);
    } catch (error) {
      this.logger.warn({ orderId, err: error }, 'a run could not be signalled its payment');
    }
  }
}
