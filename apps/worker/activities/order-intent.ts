import { intentKey } from '#libs/order/payment-keys';
import { Refusal } from '#libs/order/failure';
import type { Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/store/order-record';

import { type EffectJournal, refusalCode } from './effect-journal.js';

/** The order's only intent. Its id is stored before any money can move, so a stray duplicate moves none. */
export class OrderIntent {
  constructor(
    private readonly journal: EffectJournal,
    private readonly gateway: PaymentGateway,
  ) {}

  /** @returns its id @throws Refusal when the provider makes none, such as for an amount that is too small */
  async ensure(order: OrderRecord): Promise<string> {
    if (order.intentId !== null) return order.intentId;
    const { currency, policy } = order;
    const { total: amount } = order.totals;
    const settled = await this.journal.run<Intent>(order.id, {
      key: intentKey(order.id),
      request: { amount, currency },
      act: (idempotencyKey) =>
        this.gateway.createIntent({
          orderId: order.id,
          amount,
          currency,
          captureMode: policy.captureMode,
          idempotencyKey,
        }),
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
}
