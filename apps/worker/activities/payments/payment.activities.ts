import type { PaymentAnswer, ReservedOrder, StepActivities } from '#libs/contracts/workflows/activities';
import { Outage, AttentionRequired, Refusal } from '#libs/domain/order/failure';
import { paid } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import { LONGEST_PAUSE } from '#libs/domain/order/policy';
import { differenceOf, dueAmount } from '#libs/domain/payment/paid-amount';
import { methodRefused } from '#libs/domain/payment/payment-change';
import { captureKey, chargeKey } from '#libs/domain/payment/payment-keys';
import type { Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { EffectToBegin, Unless } from '#libs/domain/order/effect';
import type { Begun } from '#libs/persistence/effects/effect.repository';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import type { Logger } from '#libs/telemetry/logger';

import { ofOrder } from '../verified-answers.js';
import { type EffectJournal, type NextCall, refusalCode, toBegin } from '../effect-journal.js';
import { requirePersonalData } from '../personal-data.js';
import { OrderIntent } from '../orders/order-intent.js';
import { answered, chargeOutcome, tried } from './payment-outcomes.js';

/** Step 3, and the capture of a hold that it made. */
export class PaymentActivities implements Pick<
  StepActivities,
  'chargePayment' | 'checkPayment' | 'capturePayment'
> {
  constructor(
    private readonly orders: OrderRepository,
    private readonly journal: EffectJournal,
    private readonly intent: OrderIntent,
    private readonly gateway: PaymentGateway,
    private readonly sync: { run(orderId: OrderId): Promise<void> },
    private readonly logger: Logger,
  ) {}

  async chargePayment(orderId: OrderId): Promise<PaymentAnswer> {
    return this.charge(await this.orders.get(orderId));
  }

  /**
   * Charges, unless a cancellation is requested; no answer where that fails: then it is asked for by itself, after the time
   * that the provider asks for, and its failures are those of its own step.
   *
   * @param begun the first effect of it, where it has begun with the reservation
   */
  async tryToCharge(order: OrderRecord, begun: Begun | null): Promise<Omit<ReservedOrder, 'number'>> {
    try {
      return { payment: await this.charge(order, UNLESS_CANCELLED, begun) };
    } catch (error) {
      const code = error instanceof Outage || error instanceof Refusal ? error.code : undefined;
      this.logger.warn({ orderId: order.id, code }, FIRST_ATTEMPT_FAILED);
      this.logger.debug({ orderId: order.id, err: error }, FIRST_ATTEMPT_FAILED);
      const asked = error instanceof Outage ? error.retryAfter : undefined;
      return { payment: null, ...(asked !== undefined && { retryAfter: Math.min(asked, LONGEST_PAUSE) }) };
    }
  }

  /** The first effect of an attempt to charge that follows at once; none where nothing is charged. */
  firstEffect(order: OrderRecord): EffectToBegin | undefined {
    const { totals, paymentMethod, intentId } = order;
    if (totals.total === 0 || paymentMethod === null || intentId !== null) return undefined;
    return toBegin(this.intent.making(order, UNLESS_CANCELLED));
  }

  async checkPayment(orderId: OrderId): Promise<PaymentAnswer> {
    await this.sync.run(orderId);
    return this.answer(orderId);
  }

  async capturePayment(orderId: OrderId): Promise<void> {
    const order = await this.orders.get(orderId);
    const { intentId, payment, totals } = order;
    if (payment === 'not_required') return;
    if (intentId === null) throw new Error(`order ${orderId} is shipped without an intent`);
    const due = dueAmount(order);
    const believed = ofOrder(order);
    const settled = await this.journal.run<Intent>(orderId, {
      key: captureKey(orderId),
      request: { intentId, amount: totals.total },
      ask: async () => {
        const intent = await this.gateway.retrieveIntent(intentId).then(believed);
        return intent.status === 'authorized' ? null : intent;
      },
      act: (idempotencyKey) =>
        this.gateway.captureIntent(intentId, { amount: due, idempotencyKey }).then(believed),
      outcome: (intent) => {
        const { status, received } = intent;
        if (status !== 'captured' && status !== 'canceled')
          throw new Outage(`payment_${status}`, { keyConsumed: true });
        return {
          settlement:
            status === 'captured'
              ? { state: 'done', result: { received } }
              : { state: 'refused', result: { code: 'payment_voided' } },
          change: answered(tried(intent), true),
        };
      },
      refused: (code) => ({
        event: { type: 'payment.capture_refused', actor: 'gateway', details: { reason: code } },
      }),
    });
    if (settled.state !== 'done') throw new Refusal(refusalCode(settled));
    const taken = receivedOf(settled.result) ?? paid((await this.orders.get(orderId)).booked);
    const difference = differenceOf(taken, due);
    if (difference !== null) throw new AttentionRequired('amount_differs', difference);
  }

  /** @param order as it was read in this attempt, before which no payment can have been requested anew */
  private async charge(
    order: OrderRecord,
    unless: Unless = {},
    begun: Begun | null = null,
  ): Promise<PaymentAnswer> {
    const { id: orderId, attempt, totals } = order;
    if (totals.total === 0) return this.chargeNothing(order);
    const method = requirePersonalData(order.paymentMethod);
    const confirming = (intent: string): NextCall => ({
      key: chargeKey(orderId, attempt),
      request: { intentId: intent, method },
      unless,
    });
    const { intentId, next } = await this.intent.ensureBefore(order, { unless, begun, next: confirming });
    const believed = ofOrder({ ...order, intentId });
    const settled = await this.journal.run(
      orderId,
      {
        ...confirming(intentId),
        ask: async () => {
          const intent = await this.gateway.retrieveIntent(intentId).then(believed);
          // An earlier attempt left it declined: trying the same method again moves money once at the most.
          return intent.status === 'unconfirmed' || (intent.status === 'declined' && attempt > 1)
            ? null
            : intent;
        },
        act: (idempotencyKey) =>
          this.gateway.confirmIntent(intentId, { method, idempotencyKey }).then(believed),
        outcome: chargeOutcome,
        refused: (code, current) => methodRefused(current, code),
      },
      next,
    );
    return isPaidAtOnce(settled.result) ? { is: 'paid' } : this.answer(orderId);
  }

  /** The order's payment status in the books. @throws Refusal when it can no longer be paid */
  private async answer(orderId: OrderId): Promise<PaymentAnswer> {
    const { status, payment, holdUntil } = await this.orders.get(orderId);
    switch (payment) {
      case 'authorized':
        return { is: 'paid', ...(holdUntil === null ? {} : { holdUntil: Date.parse(holdUntil) }) };
      case 'captured':
      case 'partially_refunded':
      case 'refunded':
      case 'not_required':
        return { is: 'paid' };
      case 'requires_action':
      case 'processing':
        return { is: 'waiting' };
      case 'declined':
      // Another attempt was requested, and is made once the run is signalled.
      case 'authorizing':
        return { is: 'declined' };
      case 'voided':
        // Money that was there once makes another end than money that never came.
        throw new Refusal(status === 'pending' ? 'payment_canceled' : 'payment_voided');
      case 'none':
        throw new Error(`nothing was tried to pay order ${orderId}`);
    }
  }

  private async chargeNothing(order: OrderRecord): Promise<PaymentAnswer> {
    await this.orders.change(order, (current) =>
      current.payment === 'none'
        ? {
            next: { payment: 'not_required', status: 'confirmed' },
            event: { type: 'payment.not_required', actor: 'workflow' },
          }
        : null,
    );
    return { is: 'paid' };
  }
}

/** When the attempt to charge that follows the reservation is not made. */
const UNLESS_CANCELLED: Unless = { cancellation: true };

const FIRST_ATTEMPT_FAILED = 'the attempt to charge that follows the reservation failed';

/** The amount of a capture, where its answer is stored. */
const receivedOf = (result: unknown) =>
  typeof result === 'object' && result !== null && 'received' in result && typeof result.received === 'number'
    ? result.received
    : null;

/** Whether the attempt captured the money: then no further call is made. */
const isPaidAtOnce = (result: unknown) =>
  typeof result === 'object' && result !== null && 'status' in result && result.status === 'captured';
