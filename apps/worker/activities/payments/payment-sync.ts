import { v7 as uuid } from 'uuid';

import { Outage } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
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

import { changeOf } from './payment-sync-changes.js';

/** Whoever is overtaken has seen somebody else make progress; the bound only guards against a bug. */
const TRIES = 200;

type Facts = Pick<
  Store,
  'orders' | 'refunds' | 'disputes' | 'ledger' | 'effects' | 'paymentInbox' | 'attention'
>;
type Runs = Pick<OrderRuns, 'reportPayment' | 'reportRefund' | 'startRefund'>;

/** The books of an order's money, read after the order: what is newer than it shows in its version. */
interface Books extends BookedPayment {
  readonly order: OrderRecord;
  readonly refunds: readonly RefundRecord[];
}

/**
 * Looks at the provider for an order and brings the books in line, whoever asked: an event, the order's own run,
 * a refund's, reconciliation. It is safe to repeat, and for two at once.
 */
export class PaymentSync {
  constructor(
    private readonly store: Facts,
    private readonly gateway: Pick<PaymentGateway, 'readPayment'>,
    private readonly runs: Runs,
    private readonly logger: Logger,
  ) {}

  /** @throws Outage when the provider gives no usable answer; events stay open then */
  async run(orderId: OrderId): Promise<void> {
    const order = await this.store.orders.get(orderId);
    const { intentId } = order;
    if (intentId === null) return;
    // Only what came before the provider was asked is answered by it.
    const events = await this.store.paymentInbox.open(intentId);
    const news = await this.synchronize(order, intentId, events);
    await this.store.paymentInbox.markKnown(events);
    // Somebody wrote and did not come to tell.
    const again = events.some(({ isApplied }) => isApplied);
    if (again || news.length > 0) await this.tell(orderId, again ? 'all' : news, events);
  }

  /** Writes fact after fact until the provider shows none that is not in the books. @returns what was written */
  private async synchronize(
    order: OrderRecord,
    intentId: string,
    events: readonly OpenPaymentEvent[],
  ): Promise<PaymentDifference[]> {
    const written: PaymentDifference[] = [];
    let { intentStatus } = order;
    let snapshot = await this.look(order, intentId);
    if (snapshot === null) return written;
    for (let tries = 0; tries < TRIES; tries++) {
      const books = await this.read(order.id);
      if (books.intentStatus !== intentStatus) {
        // Somebody else has looked, perhaps later: what is seen here may be what was before.
        ({ intentStatus } = books);
        snapshot = await this.look(order, intentId);
        if (snapshot === null) return written;
        continue;
      }
      const [news] = paymentDifferences(books, snapshot);
      if (!news) return written;
      if (!(await this.write(news, books, snapshot, events))) continue;
      written.push(news);
      if (news.about === 'intent') intentStatus = news.status;
    }
    throw new Outage('superseded');
  }

  /** @returns what may be believed of what the provider shows; a person is told of what may not */
  private async look(order: OrderRecord, intentId: string): Promise<GatewayPayment | null> {
    const asked = { orderId: order.id, intentId, currency: order.currency };
    const { snapshot, contradiction } = verifiedSnapshot(asked, await this.gateway.readPayment(intentId));
    if (contradiction !== null) {
      this.logger.error({ orderId: order.id, code: contradiction }, 'the gateway contradicts an order');
      await this.store.attention.flagContradiction(await this.store.orders.get(order.id), contradiction);
    }
    return snapshot;
  }

  private async read(orderId: OrderId): Promise<Books> {
    const order = await this.store.orders.get(orderId);
    const [refunds, disputes, posted] = await Promise.all([
      this.store.refunds.ofOrder(orderId),
      this.store.disputes.ofOrder(orderId),
      this.store.ledger.ofOrder(orderId),
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

  private async write(
    news: PaymentDifference,
    { order, refunds }: Books,
    { intent }: GatewayPayment,
    events: readonly OpenPaymentEvent[],
  ): Promise<boolean> {
    const goesOn = order.status === 'pending' && (await this.store.effects.find(voidKey(order.id))) === null;
    const refundId = refunds.some(({ id }) => id === order.id) ? uuid() : order.id;
    return this.store.orders.change(order, (current) => {
      if (current.version !== order.version) return null;
      const change = changeOf(news, current, { intent, goesOn, refundId });
      return { ...change, paymentEvents: { ids: events.map(({ id }) => id), about: news.about } };
    });
  }

  /** What could not be told is told by whoever looks next: an event stays open until then. */
  private async tell(
    orderId: OrderId,
    news: readonly PaymentDifference[] | 'all',
    events: readonly OpenPaymentEvent[],
  ): Promise<void> {
    const order = await this.store.orders.get(orderId);
    const refunds = await this.store.refunds.ofOrder(orderId);
    const isNews = (id: string) =>
      news === 'all' || news.some((each) => each.about === 'refund' && each.refundId === id);
    try {
      if (order.closedAt === null) await this.runs.reportPayment(orderId, order.payment);
      for (const { id, state, reason } of refunds) {
        if (state === 'requested' && reason === 'late_payment')
          await this.runs.startRefund(id, orderId, order.policy);
        else if (isNews(id)) await this.runs.reportRefund(id, state);
      }
      await this.store.paymentInbox.markSignalled(events);
    } catch (error) {
      this.logger.warn({ orderId, err: error }, 'a run could not be told of its payment');
    }
  }
}
