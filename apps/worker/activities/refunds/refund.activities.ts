import { v7 as uuid } from 'uuid';

import type { ReversalResult, ReversalReason, StepActivities } from '#libs/contracts/workflows/activities';
import { Outage, Refusal } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import { refundChange } from '#libs/domain/payment/payment-change';
import { refundPosts } from '#libs/domain/payment/payment-diff';
import { captureKey, chargeKey, intentKey, refundKey, voidKey } from '#libs/domain/payment/payment-keys';
import {
  leftToReturn,
  type RefundReason,
  type RefundState,
  REQUESTABLE_REASONS,
} from '#libs/domain/refund/refund';
import type { GatewayRefund, Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import { isContended, isUnreachable } from '#libs/persistence/database/database-failure';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import type { RefundRecord, RefundRepository } from '#libs/persistence/refunds/refund.repository';
import type { Logger } from '#libs/telemetry/logger';

import { ofOrder, refundOf } from '../verified-answers.js';
import type { EffectJournal } from '../effect-journal.js';
import type { OrderIntent } from '../orders/order-intent.js';
import { answeredForAll, tried } from '../payments/payment-outcomes.js';

/** The compensation of step 3: a hold is voided, a captured payment refunded; and every other refund. */
export class RefundActivities implements Pick<StepActivities, 'reversePayment' | 'createRefund'> {
  constructor(
    private readonly orders: OrderRepository,
    private readonly refunds: RefundRepository,
    private readonly journal: EffectJournal,
    private readonly intent: OrderIntent,
    private readonly gateway: PaymentGateway,
    private readonly sync: { run(orderId: OrderId): Promise<void> },
    private readonly logger: Logger,
  ) {}

  async reversePayment(orderId: OrderId, reason: ReversalReason): Promise<ReversalResult> {
    const order = await this.orders.get(orderId);
    if (reason === 'undelivered' && order.status !== reason)
      throw new Error(
        `a run was signalled that the parcel of ${orderId} failed to arrive, and the books know nothing of it`,
      );
    // A free order was confirmed by that alone, so a window that passed came too late for it.
    if (order.payment === 'not_required') return reason === 'expired' ? 'too_late' : 'compensated';
    if (order.payment === 'voided') {
      this.journal.alreadyProcessed(orderId, voidKey(orderId));
      return 'compensated';
    }
    if (order.intentStatus !== 'captured' && (await this.void(order, reason)) === 'voided')
      return 'compensated';
    // The window is over, yet the payment succeeded: the shopper has paid, so the order continues.
    if (reason === 'expired') {
      await this.confirm(orderId);
      return 'too_late';
    }
    return this.bookRefunds(orderId, reason === 'undelivered' ? 'undelivered' : 'cancelled');
  }

  async createRefund(orderId: OrderId, refundId: string): Promise<RefundState> {
    await this.refunds.markStarted(refundId);
    const refund = await this.get(refundId);
    const order = await this.orders.get(orderId);
    const { intentId } = order;
    if (intentId === null) throw new Error(`refund ${refundId} is of an order without an intent`);
    const believed = refundOf(order, refund);
    await this.journal.run<GatewayRefund>(orderId, {
      key: refundKey(orderId, refundId),
      request: { intentId, amount: refund.amount },
      keepsIdempotencyKey: true,
      ask: async () => {
        const found = await this.gateway.findRefund(intentId, refundId);
        return found && believed(found);
      },
      act: (idempotencyKey) =>
        this.gateway
          .createRefund({ intentId, orderId, refundId, amount: refund.amount, idempotencyKey })
          .then(believed, refundFailure(refund)),
      // Only the check reports its state, and may have been faster.
      outcome: (made) => ({
        settlement: { state: 'done', providerId: made.id },
        change: () => ({
          event: {
            type: 'refund.created',
            actor: 'gateway',
            details: { refund: refundId, amount: refund.amount },
          },
          refund: { is: 'created', id: refundId, providerId: made.id },
        }),
      }),
      refused: (code) =>
        refundChange(refund, { state: 'failed', failure: code }, refundPosts(refund, 'failed')),
    });
    if ((await this.get(refundId)).state === 'pending') await this.sync.run(orderId);
    return (await this.get(refundId)).state;
  }

  /**
   * Cancels the intent, which fences every attempt to confirm it, ours and any that is still on its way. An
   * intent that had succeeded is booked as captured instead; that confirms the order only where it will
   * continue.
   */
  private async void(order: OrderRecord, reason: ReversalReason): Promise<'voided' | 'paid'> {
    const intent = await this.journal.close(order.id, intentKey(order.id));
    if (intent.state === 'closed' || intent.state === 'refused') return 'voided';
    const intentId = await this.made(order);
    if (intentId === null) return 'voided';
    const believed = ofOrder({ ...order, intentId });
    await this.journal.close(order.id, chargeKey(order.id, order.attempt));
    if (reason !== 'expired') await this.journal.close(order.id, captureKey(order.id));
    const settled = await this.journal.run<Intent>(order.id, {
      key: voidKey(order.id),
      request: { intentId },
      // A sync may have found it paid in the last moment.
      ...(reason === 'expired' ? { unless: { statuses: ['confirmed'] as const } } : {}),
      ask: async () => {
        const found = await this.gateway.retrieveIntent(intentId).then(believed);
        return found.status === 'canceled' || found.status === 'captured' ? found : null;
      },
      act: (idempotencyKey) =>
        this.gateway.cancelIntent(intentId, { idempotencyKey }).then(believed, voidFailure),
      outcome: (found) => {
        if (found.status === 'canceled')
          return { settlement: { state: 'done' }, change: answeredForAll(tried(found), false, 'closed') };
        if (found.status === 'captured') {
          return {
            settlement: { state: 'refused', result: { code: 'captured' } },
            change: answeredForAll(tried(found), reason === 'expired', 'done'),
          };
        }
        // Neither canceled nor settled: it will be one or the other, so retry, past the stored answer.
        throw new Outage(`payment_${found.status}`, { keyConsumed: true });
      },
    });
    return settled.state === 'done' ? 'voided' : 'paid';
  }

  /**
   * The intent of an order whose charge may have come no further than making it. Where it cannot be made, or is not what
   * was requested, no attempt was made on it, so that no money can move: that is enough for a compensation.
   *
   * @returns its id; null when there is none
   */
  private async made(order: OrderRecord): Promise<string | null> {
    try {
      return await this.intent.ensure(order);
    } catch (error) {
      if (error instanceof Outage || isUnreachable(error) || isContended(error)) throw error;
      this.logger.warn(
        { orderId: order.id, err: error },
        'an order is compensated whose intent was never made',
      );
      return null;
    }
  }

  /** A sync may have booked the money and left open whether the order continues. */
  private async confirm(orderId: OrderId): Promise<void> {
    await this.orders.change(await this.orders.get(orderId), ({ status }) =>
      status === 'pending'
        ? { next: { status: 'confirmed' }, event: { type: 'order.confirmed', actor: 'workflow' } }
        : null,
    );
  }

  /**
   * Books what is left to refund, before the call to the provider. A later movement, such as a dispute that
   * is won, is booked when this is called again, as one more refund: the first bears the order's id.
   *
   * @returns every refund of the order that is not known to exist at the provider
   */
  private async bookRefunds(orderId: OrderId, reason: RefundReason): Promise<ReversalResult> {
    const last: { refunding: readonly string[] } = { refunding: [] };
    await this.orders.change(await this.orders.get(orderId), async (order) => {
      const earlier = await this.refunds.ofOrder(orderId);
      last.refunding = earlier.filter(({ state }) => state === 'requested').map(({ id }) => id);
      const amount = leftToReturn(order.booked, earlier);
      if (amount <= 0) return null;
      const id = earlier.some((refund) => refund.id === orderId) ? uuid() : orderId;
      last.refunding = [...last.refunding, id];
      return {
        posts: [{ kind: 'refund_requested', objectId: id, amount }],
        event: { type: 'refund.requested', actor: 'workflow', details: { refund: id, amount, reason } },
        refund: { is: 'requested', id, amount, reason, restock: false, lines: [], requestedBy: 'workflow' },
      };
    });
    const { refunding } = last;
    return refunding.length > 0 ? { refunding } : 'compensated';
  }

  private async get(refundId: string): Promise<RefundRecord> {
    const refund = await this.refunds.find(refundId);
    if (!refund) throw new Error(`no refund ${refundId}`);
    return refund;
  }
}

/**
 * A refusal says nothing about where the money is. The next attempt looks the intent up, and cancels it anew unless it is
 * canceled or captured; while it is neither, the compensation opens an attention.
 */
function voidFailure(error: unknown): never {
  throw error instanceof Refusal
    ? new Outage(`void_${error.code}`, { cause: error, keyConsumed: true })
    : error;
}

/** Refusals that no retry changes: the money was refunded at the gateway, or the shopper's bank has it. */
const NEVER: readonly string[] = [
  'already_refunded',
  'amount_too_large',
  'not_refundable',
  'charge_disputed',
];

/** Refunds that a caller may request again, in another way, when the provider refuses them. */
const ASKED_FOR: readonly RefundReason[] = REQUESTABLE_REASONS;

/**
 * The money of a compensated order goes back even when the provider refuses: a refusal opens an attention and
 * is no end, unless the money is gone.
 */
const refundFailure =
  (refund: RefundRecord) =>
  (error: unknown): never => {
    const isFinal =
      !(error instanceof Refusal) || NEVER.includes(error.code) || ASKED_FOR.includes(refund.reason);
    throw isFinal ? error : new Outage(`refund_${error.code}`, { cause: error });
  };
