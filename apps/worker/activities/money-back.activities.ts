import type { ReturnAnswer, ReturnReason, StepActivities } from '#libs/contracts/activities';
import { Outage, Refusal } from '#libs/order/failure';
import { refundable } from '#libs/order/ledger';
import type { OrderId } from '#libs/order/order-id';
import { captureKey, chargeKey, intentKey, refundKey, voidKey } from '#libs/order/payment-keys';
import { type RefundReason, type RefundState, REQUESTABLE_REASONS } from '#libs/order/refund';
import type { GatewayRefund, Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/store/order-record';
import type { OrderRepository } from '#libs/store/order.repository';
import type { RefundRecord, RefundRepository } from '#libs/store/refund.repository';
import { addRefund, refundCreated } from '#libs/store/refund.sql';

import type { EffectJournal } from './effect-journal.js';
import type { OrderIntent } from './order-intent.js';
import { captureChange, decidesAttempts, voidChange } from './payment-changes.js';
import { refundChange } from './refund-changes.js';

/** A refund that the order itself asks for bears its id: an order is taken back once. */
const ownRefund = (orderId: OrderId): string => orderId;

/** The undo of step 3: what was held is let go, what was taken is given back; and every other refund. */
export class MoneyBackActivities implements Pick<StepActivities, 'returnPayment' | 'createRefund'> {
  constructor(
    private readonly orders: OrderRepository,
    private readonly refunds: RefundRepository,
    private readonly journal: EffectJournal,
    private readonly intent: OrderIntent,
    private readonly gateway: PaymentGateway,
    private readonly check: { check(orderId: OrderId): Promise<void> },
  ) {}

  async returnPayment(orderId: OrderId, reason: ReturnReason): Promise<ReturnAnswer> {
    const order = await this.orders.get(orderId);
    if (reason === 'undelivered' && order.status !== reason)
      throw new Error(
        `a run was told that the parcel of ${orderId} failed to arrive, and the books know nothing of it`,
      );
    // A free order was confirmed by that alone, so a window that passed came too late for it.
    if (order.payment === 'not_required') return reason === 'expired' ? 'too_late' : 'undone';
    if (order.payment === 'voided') {
      this.journal.alreadyProcessed(orderId, voidKey(orderId));
      return 'undone';
    }
    if (order.intentStatus !== 'captured' && (await this.void(order, reason)) === 'voided') return 'undone';
    // The window is over, yet the payment came through: the shopper has paid, so the order goes on.
    if (reason === 'expired') {
      await this.confirm(orderId);
      return 'too_late';
    }
    return this.bookRefund(orderId, reason === 'undelivered' ? 'undelivered' : 'cancelled');
  }

  async createRefund(orderId: OrderId, refundId: string): Promise<RefundState> {
    await this.refunds.markStarted(refundId);
    const refund = await this.get(refundId);
    const { intentId } = await this.orders.get(orderId);
    if (intentId === null) throw new Error(`refund ${refundId} is of an order without an intent`);
    await this.journal.run<GatewayRefund>(orderId, {
      key: refundKey(orderId, refundId),
      request: { intentId, amount: refund.amount },
      keepsKey: true,
      ask: () => this.gateway.findRefund(intentId, refundId),
      act: (idempotencyKey) =>
        this.gateway
          .createRefund({ intentId, orderId, refundId, amount: refund.amount, idempotencyKey })
          .catch(refundFailure(refund)),
      // How it stands is told by the check alone, which may have been faster.
      outcome: (made) => ({
        settlement: { state: 'done', providerId: made.id },
        change: () => ({
          event: {
            type: 'refund.created',
            actor: 'gateway',
            details: { refund: refundId, amount: refund.amount },
          },
          also: [refundCreated(refundId, made.id)],
        }),
      }),
      refused: (code) =>
        refundChange({ refundId, amount: refund.amount, status: 'failed', failure: code }, [
          { kind: 'refund_failed', objectId: refundId, amount: refund.amount },
        ]),
    });
    if ((await this.get(refundId)).state === 'pending') await this.check.check(orderId);
    return (await this.get(refundId)).state;
  }

  /**
   * Cancels the intent, which fences every attempt to confirm it, ours and any that is still on its way. An
   * intent that had succeeded is booked as captured instead; the order is confirmed by that only where it will
   * go on.
   */
  private async void(order: OrderRecord, reason: ReturnReason): Promise<'voided' | 'paid'> {
    const intent = await this.journal.close(order.id, intentKey(order.id));
    if (intent.state === 'closed' || intent.state === 'refused') return 'voided';
    const intentId = await this.intent.ensure(order);
    await this.journal.close(order.id, chargeKey(order.id, order.attempt));
    if (reason !== 'expired') await this.journal.close(order.id, captureKey(order.id));
    const settled = await this.journal.run<Intent>(order.id, {
      key: voidKey(order.id),
      request: { intentId },
      // Somebody who looked may have found it paid in the last moment.
      ...(reason === 'expired' ? { unless: ['confirmed'] as const } : {}),
      ask: async () => {
        const found = await this.gateway.retrieveIntent(intentId);
        return found.status === 'canceled' || found.status === 'captured' ? found : null;
      },
      act: (idempotencyKey) => this.gateway.cancelIntent(intentId, { idempotencyKey }),
      outcome: (found) => {
        if (found.status === 'canceled')
          return { settlement: { state: 'done' }, change: decidesAttempts(voidChange, 'closed') };
        if (found.status === 'captured') {
          return {
            settlement: { state: 'refused', result: { code: 'captured' } },
            change: decidesAttempts(captureChange(found, reason === 'expired'), 'done'),
          };
        }
        // Neither canceled nor settled: it will be one or the other, so ask again, past the answer that is stored.
        throw new Outage(`payment_${found.status}`, { keySpent: true });
      },
    });
    return settled.state === 'done' ? 'voided' : 'paid';
  }

  /** The money may have been booked by somebody who left it open whether the order goes on. */
  private async confirm(orderId: OrderId): Promise<void> {
    await this.orders.change(await this.orders.get(orderId), ({ status }) =>
      status === 'pending'
        ? { next: { status: 'confirmed' }, event: { type: 'order.confirmed', actor: 'workflow' } }
        : null,
    );
  }

  /** Books what may still be given back, once, before the provider is asked. */
  private async bookRefund(orderId: OrderId, reason: RefundReason): Promise<ReturnAnswer> {
    const id = ownRefund(orderId);
    if (await this.refunds.find(id)) return 'refunding';
    const booked = await this.orders.change(await this.orders.get(orderId), (order) => {
      const amount = refundable(order.booked);
      if (amount <= 0) return null;
      return {
        posts: [{ kind: 'refund_requested', objectId: id, amount }],
        event: { type: 'refund.requested', actor: 'workflow', details: { refund: id, amount, reason } },
        also: addRefund({ id, amount, reason, restock: false, lines: [], requestedBy: 'workflow' }),
      };
    });
    return booked ? 'refunding' : 'undone';
  }

  private async get(refundId: string): Promise<RefundRecord> {
    const refund = await this.refunds.find(refundId);
    if (!refund) throw new Error(`no refund ${refundId}`);
    return refund;
  }
}

/** What no patience changes: somebody has given the money back at the gateway, or the shopper's bank has it. */
const NEVER: readonly string[] = [
  'already_refunded',
  'amount_too_large',
  'not_refundable',
  'charge_disputed',
];

/** Refunds that somebody may ask for again, in another way, when the provider will not make them. */
const ASKED_FOR: readonly RefundReason[] = REQUESTABLE_REASONS;

/**
 * The money of an order that is taken back goes back whatever the provider says: a "no" is for a person to look
 * into, not an end. Unless it is gone.
 */
const refundFailure =
  (refund: RefundRecord) =>
  (error: unknown): never => {
    const isFinal =
      !(error instanceof Refusal) || NEVER.includes(error.code) || ASKED_FOR.includes(refund.reason);
    throw isFinal ? error : new Outage(`refund_${error.code}`, { cause: error });
  };
