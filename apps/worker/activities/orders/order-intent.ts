import { intentRefused } from '#libs/domain/payment/payment-change';
import { intentKey } from '#libs/domain/payment/payment-keys';
import { Contradiction, Refusal } from '#libs/domain/order/failure';
import type { Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import type { Unless } from '#libs/persistence/effects/effect.repository';
import { isIntentTaken } from '#libs/persistence/database/database-failure';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { madeFor } from '../verified-answers.js';
import { type EffectJournal, refusalCode } from '../effect-journal.js';

/** The order's only intent. Its id is stored before any money can move, so a duplicate moves none. */
export class OrderIntent {
  constructor(
    private readonly journal: EffectJournal,
    private readonly gateway: PaymentGateway,
  ) {}

  /**
   * @param unless when it is not to be made
   * @returns its id
   * @throws Refusal when the provider makes none, such as for an amount that is too small
   * @throws Contradiction when it makes another one than was requested
   */
  async ensure(order: OrderRecord, unless: Unless = {}): Promise<string> {
    if (order.intentId !== null) return order.intentId;
    const { currency, policy } = order;
    const { total: amount } = order.totals;
    const creating = this.journal.run<Intent>(order.id, {
      key: intentKey(order.id),
      request: { amount, currency },
      unless,
      act: (idempotencyKey) =>
        this.gateway
          .createIntent({
            orderId: order.id,
            amount,
            currency,
            captureMode: policy.captureMode,
            idempotencyKey,
          })
          .then(madeFor(order, amount)),
      outcome: ({ id }) => ({
        settlement: { state: 'done', providerId: id },
        change: () => ({
          intentId: id,
          event: { type: 'payment.intent_created', actor: 'gateway', details: { intent: id } },
        }),
      }),
      refused: (code, current) => intentRefused(current, code),
    });
    const settled = await creating.catch(unlessTaken);
    if (settled.state !== 'done') throw new Refusal(refusalCode(settled));
    if (settled.providerId === undefined) throw new Error('an intent was created without an id');
    return settled.providerId;
  }
}

/** Names the fault of an answer that the database would refuse. */
function unlessTaken(error: unknown): never {
  throw isIntentTaken(error) ? new Contradiction('intent_order_differs', { cause: error }) : error;
}
