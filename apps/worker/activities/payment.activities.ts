import type { StepActivities, ReturnReason, UndoAnswer } from '#libs/contracts/activities';
import { Outage, Refusal } from '#libs/order/failure';
import type { OrderId } from '#libs/order/order-id';
import type { GatewayRefund, Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import { settleBeside } from '#libs/store/effect.repository';
import type { OrderChange } from '#libs/store/order-change';
import type { OrderRecord } from '#libs/store/order-record';
import type { OrderRepository } from '#libs/store/order.repository';

import { type EffectJournal, type Outcome, refusalCode } from './effect-journal.js';

const intentKey = (orderId: OrderId) => `${orderId}:intent`;
const chargeKey = (orderId: OrderId) => `${orderId}:charge:1`;
const voidKey = (orderId: OrderId) => `${orderId}:void`;
/** An order is refunded whole and once when it is taken back, so its id names that refund. */
const refundKey = (orderId: OrderId) => `${orderId}:refund:${orderId}`;

/** Step 3 and its undo. */
export class PaymentActivities implements Pick<StepActivities, 'chargePayment' | 'returnPayment'> {
  constructor(
    private readonly orders: OrderRepository,
    private readonly journal: EffectJournal,
    private readonly gateway: PaymentGateway,
  ) {}

  async chargePayment(orderId: OrderId): Promise<void> {
    const order = await this.orders.get(orderId);
    if (order.totals.total === 0) return this.chargeNothing(order);
    const intentId = await this.ensureIntent(order);
    const settled = await this.journal.run(orderId, {
      key: chargeKey(orderId),
      request: { intentId, method: order.paymentMethod },
      ask: async () => {
        const intent = await this.gateway.retrieveIntent(intentId);
        return intent.status === 'unconfirmed' ? null : intent;
      },
      act: (idempotencyKey) =>
        this.gateway.confirmIntent(intentId, { method: order.paymentMethod, idempotencyKey }),
      outcome: chargeOutcome,
      refused: (code) => ({
        event: { type: 'payment.refused', actor: 'gateway', details: { reason: code } },
      }),
    });
    if (settled.state !== 'done') throw new Refusal('payment_declined');
  }

  async returnPayment(orderId: OrderId, reason: ReturnReason): Promise<UndoAnswer> {
    const order = await this.orders.get(orderId);
    if (reason === 'undelivered' && order.status !== reason)
      throw new Error(
        `a run was told that the parcel of ${orderId} failed to arrive, and the books know nothing of it`,
      );
    // A free order was confirmed by that alone, so a window that passed came too late for it.
    if (order.payment === 'not_required') return reason === 'expired' ? 'too_late' : 'undone';
    if (order.payment === 'voided' || order.payment === 'refunded') {
      this.journal.alreadyProcessed(
        orderId,
        order.payment === 'voided' ? voidKey(orderId) : refundKey(orderId),
      );
      return 'undone';
    }
    const intent = await this.journal.close(orderId, intentKey(orderId));
    if (intent.state === 'closed' || intent.state === 'refused') return 'undone';
    const intentId = await this.ensureIntent(order);
    await this.journal.close(orderId, chargeKey(orderId));
    if (order.payment !== 'captured' && (await this.voidIntent(order, intentId, reason)) === 'voided')
      return 'undone';
    // The window is over, yet the payment came through: the shopper has paid, so the order goes on.
    if (reason === 'expired') return 'too_late';
    await this.refund(order, intentId);
    return 'undone';
  }

  private async chargeNothing(order: OrderRecord): Promise<void> {
    await this.orders.change(order, (current) =>
      current.payment === 'none'
        ? {
            next: { payment: 'not_required', status: 'confirmed' },
            event: { type: 'payment.not_required', actor: 'workflow' },
          }
        : null,
    );
  }

  /** The order's only intent. Its id is stored before any money can move, so a stray duplicate moves none. */
  private async ensureIntent(order: OrderRecord): Promise<string> {
    if (order.intentId !== null) return order.intentId;
    const { total: amount } = order.totals;
    const settled = await this.journal.run<Intent>(order.id, {
      key: intentKey(order.id),
      request: { amount, currency: order.currency },
      act: (idempotencyKey) =>
        this.gateway.createIntent({ orderId: order.id, amount, currency: order.currency, idempotencyKey }),
      outcome: ({ id }) => ({
        settlement: { state: 'done', providerId: id },
        change: () => ({
          intentId: id,
          event: { type: 'payment.intent_created', actor: 'gateway', details: { intent: id } },
        }),
      }),
    });
    if (settled.state !== 'done') throw new Refusal(refusalCode(settled));
    if (settled.providerId === undefined) throw new Error('an intent was created without an id');
    return settled.providerId;
  }

  /**
   * Cancels the intent, which fences every attempt to confirm it, ours and any that is still on its way. An
   * intent that had succeeded is booked as captured instead; the order is confirmed by that only where it will
   * go on.
   */
  private async voidIntent(
    order: OrderRecord,
    intentId: string,
    reason: ReturnReason,
  ): Promise<'voided' | 'captured'> {
    const settled = await this.journal.run<Intent>(order.id, {
      key: voidKey(order.id),
      request: { intentId },
      ask: async () => {
        const intent = await this.gateway.retrieveIntent(intentId);
        return intent.status === 'canceled' || intent.status === 'captured' ? intent : null;
      },
      act: (idempotencyKey) => this.gateway.cancelIntent(intentId, { idempotencyKey }),
      outcome: (intent) => {
        if (intent.status === 'canceled') {
          return { settlement: { state: 'done' }, change: decidesCharge(voidChange, 'closed') };
        }
        if (intent.status === 'captured') {
          return {
            settlement: { state: 'refused', result: { code: 'captured' } },
            change: decidesCharge(captureChange(intent, reason === 'expired'), 'done'),
          };
        }
        // Neither canceled nor settled: it will be one or the other, so ask again, past the answer that is stored.
        throw new Outage(`payment_${intent.status}`, { keySpent: true });
      },
    });
    return settled.state === 'done' ? 'voided' : 'captured';
  }

  private async refund(order: OrderRecord, intentId: string): Promise<void> {
    const refundId = order.id;
    const settled = await this.journal.run<GatewayRefund>(order.id, {
      key: refundKey(order.id),
      request: { intentId, amount: order.totals.total },
      keepsKey: true,
      ask: async (effect) => {
        const refund = await this.gateway.findRefund(intentId, refundId);
        // A refund that failed is made anew only under the fresh key an operator asked for.
        return refund?.status === 'failed' && effect.try > 1 ? null : refund;
      },
      act: (idempotencyKey) =>
        this.gateway
          .createRefund({
            intentId,
            orderId: order.id,
            refundId,
            amount: order.totals.total,
            idempotencyKey,
          })
          .catch(unrefusable),
      outcome: (refund) => {
        if (refund.status !== 'succeeded') throw new Outage(`refund_${refund.status}`);
        return {
          settlement: { state: 'done', providerId: refund.id },
          change: () => ({
            posts: [
              { kind: 'refund_requested', objectId: refundId, amount: order.totals.total },
              { kind: 'refund_succeeded', objectId: refundId, amount: order.totals.total },
            ],
            event: {
              type: 'payment.refunded',
              actor: 'gateway',
              details: { refund: refund.id, amount: order.totals.total },
            },
          }),
        };
      },
    });
    if (settled.state !== 'done') throw new Error(`a refund is ${settled.state}`);
  }
}

/** The shopper's money goes back whatever the gateway says: a "no" is for a person to look into, not an end. */
function unrefusable(error: unknown): never {
  throw error instanceof Refusal ? new Outage(`refund_${error.code}`, { cause: error }) : error;
}

/** Until a shopper can act on a payment, one that wants them to counts as declined. */
function chargeOutcome(intent: Intent): Outcome {
  switch (intent.status) {
    case 'captured':
      return {
        settlement: { state: 'done', result: { status: 'captured' } },
        change: captureChange(intent, true),
      };
    case 'declined':
    case 'requires_action':
    case 'processing':
    case 'canceled': {
      const reason = intent.declineCode ?? intent.status;
      return {
        settlement: { state: 'refused', result: { code: 'payment_declined', reason } },
        change: (order) => ({
          ...(order.payment === 'none' ? { intentStatus: 'declined' } : {}),
          ...endsGrace(order),
          event: { type: 'payment.declined', actor: 'gateway', details: { reason } },
        }),
      };
    }
    case 'authorized':
    case 'unconfirmed':
      throw new Error(`an intent that was confirmed for capture is ${intent.status}`);
  }
}

const captureChange = (intent: Intent, confirms: boolean) => (order: OrderRecord) => ({
  next: confirms && order.status === 'pending' ? { status: 'confirmed' as const } : {},
  intentStatus: 'captured' as const,
  posts:
    order.booked.captured === undefined
      ? [{ kind: 'captured' as const, objectId: intent.id, amount: order.totals.total }]
      : [],
  ...endsGrace(order),
  event: {
    type: 'payment.captured',
    actor: 'gateway',
    details: { intent: intent.id, amount: order.totals.total },
  },
});

/** A window for remorse is over once there is an answer. */
const endsGrace = (order: OrderRecord) =>
  order.waits.some((wait) => wait.step === 'charge') ? { ended: ['charge'] as const } : {};

const voidChange = () => ({
  intentStatus: 'canceled' as const,
  event: { type: 'payment.voided', actor: 'gateway' },
});

/** Canceling an intent also decides what became of an attempt on it. */
const decidesCharge =
  (change: (order: OrderRecord) => OrderChange, state: 'done' | 'closed') => (order: OrderRecord) => ({
    ...change(order),
    also: [settleBeside(chargeKey(order.id), state)],
  });
