import type { DecisionActivities, NewAttention, OrderEnd } from '#libs/contracts/activities';
import type { EndReason } from '#libs/order/end';
import type { OrderId } from '#libs/order/order-id';
import { type Resolution, STEPS } from '#libs/order/steps';
import type { AttentionRepository } from '#libs/store/attention.repository';
import type { EffectRepository } from '#libs/store/effect.repository';
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
    if (action === 'retry') await this.effects.freshenRefundKeys(orderId);
    await this.attention.leave(await this.orders.get(orderId), attentionId, action !== null);
  }

  async beginCancellation(orderId: OrderId, reason: EndReason): Promise<'accepted' | 'too_late'> {
    const order = await this.orders.get(orderId);
    await this.orders.change(order, (current) =>
      current.status === 'pending' || current.status === 'confirmed'
        ? {
            next: { status: 'cancelling' },
            event: { type: 'cancellation.accepted', actor: reason.by, details: { reason: reason.code } },
          }
        : null,
    );
    const { status } = await this.orders.get(orderId);
    return status === 'cancelling' ? 'accepted' : 'too_late';
  }

  async closeOrder(orderId: OrderId, end: OrderEnd): Promise<void> {
    await this.orders.change(await this.orders.get(orderId), (current) => {
      if (current.closedAt !== null) return null;
      const ends = end.status === 'rejected' || end.status === 'cancelled' ? end : null;
      return {
        ...(ends ? { next: { status: ends.status }, endReason: ends.reason } : {}),
        event: { type: ends ? `order.${ends.status}` : 'order.closed', actor: ends?.reason.by ?? 'workflow' },
        closes: true,
        ended: STEPS,
      };
    });
  }
}
