import { intentRefused } from '#libs/domain/payment/payment-change';
import { intentKey } from '#libs/domain/payment/payment-keys';
import { Contradiction, Refusal } from '#libs/domain/order/failure';
import type { Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import type { Unless } from '#libs/domain/order/effect';
import type { Begun } from '#libs/persistence/effects/effect.repository';
import { isIntentTaken } from '#libs/persistence/database/database-failure';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { madeFor } from '../verified-answers.js';
import { type EffectJournal, type NextCall, refusalCode } from '../effect-journal.js';

/** The order's only intent. Its id is stored before any money can move, so a duplicate moves none. */
export class OrderIntent {
  constructor(
    private readonly journal: EffectJournal,
    private readonly gateway: PaymentGateway,
  ) {}

  /** The call that makes it. @param unless when it is not to be made */
  making({ id, currency, totals }: OrderRecord, unless: Unless = {}): NextCall {
    return { key: intentKey(id), request: { amount: totals.total, currency }, unless };
  }

  /** The same as below, for a caller that makes no further call. @param unless when it is not to be made */
  async ensure(order: OrderRecord, unless: Unless = {}): Promise<string> {
    return (await this.ensureBefore(order, { unless })).intentId;
  }

  /**
   * @param before.unless when it is not to be made
   * @param before.begun its effect, where it has begun with the fact before it
   * @param before.next the call that follows at once, once its id is known
   * @returns its id, and the effect of the next call, where it has begun with this one's settlement
   * @throws Refusal when the provider makes none, such as for an amount that is too small
   * @throws Contradiction when it makes another one than was requested
   */
  async ensureBefore(
    order: OrderRecord,
    {
      unless = {},
      begun,
      next: following,
    }: {
      readonly unless?: Unless;
      readonly begun?: Begun | null;
      readonly next?: (intentId: string) => NextCall;
    },
  ): Promise<{ readonly intentId: string; readonly next: Begun | null }> {
    if (order.intentId !== null) return { intentId: order.intentId, next: null };
    const { currency, policy } = order;
    const { total: amount } = order.totals;
    const creating = this.journal.runAndBegin<Intent>(
      order.id,
      {
        ...this.making(order, unless),
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
          next: following?.(id),
        }),
        refused: (code, current) => intentRefused(current, code),
      },
      begun,
    );
    const { settled, next } = await creating.catch(unlessTaken);
    if (settled.state !== 'done') throw new Refusal(refusalCode(settled));
    if (settled.providerId === undefined) throw new Error('an intent was created without an id');
    return { intentId: settled.providerId, next };
  }
}

/** Names the fault of an answer that the database would refuse. */
function unlessTaken(error: unknown): never {
  throw isIntentTaken(error) ? new Contradiction('intent_order_differs', { cause: error }) : error;
}
