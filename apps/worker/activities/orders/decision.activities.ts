import type {
  DecisionActivities,
  EndAnswer,
  NewAttention,
  OrderEnd,
} from '#libs/contracts/workflows/activities';
import { closing } from '#libs/domain/order/closing';
import type { EndReason } from '#libs/domain/order/end';
import { refundable } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import { refundKey } from '#libs/domain/payment/payment-keys';
import { leftToReturn } from '#libs/domain/refund/refund';
import { type ResumePoint, resumePointOf } from '#libs/domain/order/resume-point';
import { type OrderStatus, type PaymentStatus, STATUS } from '#libs/domain/order/states';
import { type Resolution, STEPS } from '#libs/domain/order/steps';
import type { AttentionRepository } from '#libs/persistence/attention/attention.repository';
import type { EffectRepository } from '#libs/persistence/effects/effect.repository';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import type { RefundRepository } from '#libs/persistence/refunds/refund.repository';
import type { RunRepository } from '#libs/persistence/runs/run.repository';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';

type Facts = Pick<Store, 'orders' | 'attention' | 'effects' | 'refunds' | 'runs'>;

/** Stores the decisions of the workflow itself. */
export class OrderDecisions implements DecisionActivities {
  private readonly orders: OrderRepository;
  private readonly attention: AttentionRepository;
  private readonly effects: EffectRepository;
  private readonly refunds: RefundRepository;
  private readonly runs: RunRepository;

  constructor(
    { orders, attention, effects, refunds, runs }: Facts,
    private readonly logger?: Logger,
  ) {
    this.orders = orders;
    this.attention = attention;
    this.effects = effects;
    this.refunds = refunds;
    this.runs = runs;
  }

  async openAttention(orderId: OrderId, attention: NewAttention): Promise<void> {
    await this.attention.park(await this.orders.get(orderId), attention);
  }

  async resolveAttention(orderId: OrderId, attentionId: string, action: Resolution | null): Promise<void> {
    const refundId = action === 'retry' ? await this.attention.refundOf(attentionId) : null;
    if (refundId !== null) await this.effects.rotateUnclearKey(refundKey(orderId, refundId));
    await this.attention.leave(await this.orders.get(orderId), attentionId, action);
    // The audit trail has the answer of an operator instead, where there was one.
    this.logger?.info({ orderId, event: 'order.resumed', action: action ?? undefined }, 'resumed');
  }

  async beginCancellation(orderId: OrderId, reason: EndReason): Promise<OrderStatus> {
    await this.orders.change(await this.orders.get(orderId), ({ status }) => {
      if (status === 'cancelling' || status === 'cancelled') return null;
      const details = { reason: reason.code };
      return status === 'pending' || status === 'confirmed'
        ? {
            next: { status: 'cancelling' },
            event: { type: 'cancellation.accepted', actor: reason.by, details },
          }
        : {
            event: {
              type: 'cancellation.refused',
              actor: 'workflow',
              details: { reason: 'already_shipped' },
            },
          };
    });
    return (await this.orders.get(orderId)).status;
  }

  async endOrder(orderId: OrderId, end: OrderEnd): Promise<EndAnswer> {
    return this.end(orderId, end, false);
  }

  async closeOrder(orderId: OrderId, end: OrderEnd): Promise<EndAnswer> {
    return this.end(orderId, end, true);
  }

  async loadResumePoint(orderId: OrderId): Promise<ResumePoint> {
    return resumePointOf(await this.runs.resumeFacts(orderId), Date.now());
  }

  /**
   * Ends the order, if it may end so by its books as read in that statement. An order that never will is left open
   * for a person.
   */
  private async end(orderId: OrderId, end: OrderEnd, closes: boolean): Promise<EndAnswer> {
    const order = await this.orders.get(orderId);
    const reason = end.status === 'rejected' || end.status === 'cancelled' ? end.reason : null;
    const last: { answer: EndAnswer } = { answer: ENDED };
    await this.orders.change(order, async (current) => {
      const isNew = reason !== null && current.status !== end.status;
      const known = closes ? current.closedAt !== null : !isNew;
      last.answer = known ? ENDED : await this.verdict(current, end);
      if (known || last.answer.is !== 'ended') return null;
      return {
        ...(isNew ? { next: { status: end.status }, endReason: reason } : {}),
        event: {
          type: isNew ? `order.${end.status}` : 'order.closed',
          actor: (isNew && reason.by) || 'workflow',
        },
        ...(closes ? closing(current) : { ended: STEPS }),
      };
    });
    if (last.answer.is === 'not_allowed')
      await this.attention.flagClosedRun(await this.orders.get(orderId), `not_${end.status}`);
    return last.answer;
  }

  /** Whether an order may end so. @param order read together with nothing that is newer than it */
  private async verdict(order: OrderRecord, end: OrderEnd): Promise<EndAnswer> {
    const { status } = order;
    // The carrier or an operator reports where a parcel is; the report is stored before the run is signalled.
    if (end.status === 'delivered') return status === 'delivered' ? ENDED : NOT_ALLOWED;
    if (end.status === 'rejected' && status === 'confirmed') {
      const code = order.payment === 'voided' ? 'payment_voided' : end.reason.code;
      return { is: 'confirmed', reason: { ...end.reason, code } };
    }
    if (status !== end.status && (end.status === 'undelivered' || !STATUS[status].includes(end.status)))
      return NOT_ALLOWED;
    if (SQUARE.includes(order.payment) || refundable(order.booked) <= 0) return ENDED;
    return leftToReturn(order.booked, await this.refunds.ofOrder(order.id)) > 0
      ? { is: 'refund_due' }
      : ENDED;
  }
}

const ENDED: EndAnswer = { is: 'ended' };
const NOT_ALLOWED: EndAnswer = { is: 'not_allowed' };

/** Payment statuses of an order that has been compensated. */
const SQUARE: readonly PaymentStatus[] = ['none', 'not_required', 'voided', 'refunded'];
