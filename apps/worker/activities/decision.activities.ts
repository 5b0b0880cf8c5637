import type { DecisionActivities, NewAttention, OrderEnd } from '#libs/contracts/activities';
import { emailKey } from '#libs/order/email-keys';
import type { EndReason } from '#libs/order/end';
import { neverReturned } from '#libs/order/ledger';
import type { OrderId } from '#libs/order/order-id';
import { captureKey, chargeKey, refundKey, voidKey } from '#libs/order/payment-keys';
import { type OrderStatus, type PaymentStatus, STATUS } from '#libs/order/states';
import { type Resolution, STEPS } from '#libs/order/steps';
import type { AttentionRepository } from '#libs/store/attention.repository';
import { type EffectRepository, settleBeside } from '#libs/store/effect.repository';
import type { OrderRecord } from '#libs/store/order-record';
import type { OrderRepository } from '#libs/store/order.repository';

/** Writes down what the workflow itself decides. */
export class OrderDecisions implements DecisionActivities {
  constructor(
    private readonly orders: OrderRepository,
    private readonly attention: AttentionRepository,
    private readonly effects: EffectRepository,
  ) {}

  async parkOrder(orderId: OrderId, attention: NewAttention): Promise<void> {
    await this.attention.park(await this.orders.get(orderId), attention);
  }

  async resumeOrder(orderId: OrderId, attentionId: string, action: Resolution | null): Promise<void> {
    const refundId = action === 'retry' ? await this.attention.refundOf(attentionId) : null;
    if (refundId !== null) await this.effects.freshen(refundKey(orderId, refundId));
    await this.attention.leave(await this.orders.get(orderId), attentionId, action);
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

  async endOrder(orderId: OrderId, end: OrderEnd): Promise<void> {
    await this.end(orderId, end, false);
  }

  async closeOrder(orderId: OrderId, end: OrderEnd): Promise<void> {
    await this.end(orderId, end, true);
  }

  /**
   * Ends the order. One that may not end so, for its status or because its money has not gone back, is left
   * open for a person: its run is over then, and retrying would change nothing.
   */
  private async end(orderId: OrderId, end: OrderEnd, closes: boolean): Promise<void> {
    const order = await this.orders.get(orderId);
    const reason = end.status === 'rejected' || end.status === 'cancelled' ? end.reason : null;
    let known = false;
    const written = await this.orders.change(order, (current) => {
      const news = reason !== null && current.status !== end.status;
      known = closes ? current.closedAt !== null : !news;
      if (known || !mayEnd(current, end)) return null;
      return {
        ...(news ? { next: { status: end.status }, endReason: reason } : {}),
        event: {
          type: news ? `order.${end.status}` : 'order.closed',
          actor: (news && reason.by) || 'workflow',
        },
        ...(closes ? { closes, also: [leaveBe(current)] } : {}),
        ended: STEPS,
      };
    });
    if (!written && !known)
      await this.attention.flagClosedRun(await this.orders.get(orderId), `not_${end.status}`);
  }
}

/** Calls that were overtaken by what came of them leave nothing in doubt once the order is closed. */
const leaveBe = ({ id, attempt }: OrderRecord) =>
  settleBeside(
    [
      ...[chargeKey(id, attempt), captureKey(id), voidKey(id)],
      ...[emailKey(id, 'confirmation'), emailKey(id, 'shipped')],
    ],
    'closed',
  );

/** Where money may be when an order has been taken back. */
const SQUARE: readonly PaymentStatus[] = ['none', 'not_required', 'voided', 'refunded'];

function mayEnd(order: OrderRecord, { status }: OrderEnd): boolean {
  // Where a parcel got to is the carrier's word, or an operator's, and in the books before the run hears of it.
  if (status === 'delivered') return order.status === status;
  const follows =
    order.status === status || (status !== 'undelivered' && STATUS[order.status].includes(status));
  return follows && (SQUARE.includes(order.payment) || neverReturned(order.booked) <= 0);
}
