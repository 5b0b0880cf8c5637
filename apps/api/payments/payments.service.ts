import { Inject, Injectable } from '@nestjs/common';

import type { RequestPaymentAttempt } from '#libs/contracts/http/payment.api';
import { actorOf } from '#libs/domain/order/actor';
import { Outage } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import type { PaymentGateway } from '#libs/payments/payment-gateway';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { Store } from '#libs/persistence/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { PAYMENT_GATEWAY } from '../platform/gateway.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { scopedIdempotencyKey, IdempotencyService } from '../platform/idempotency/idempotency.service.js';
import { OrdersService } from '../orders/orders.service.js';

/** Further payment attempts, and the client secret for the shopper's browser. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly store: Store,
    private readonly orders: OrdersService,
    private readonly requests: IdempotencyService,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
  ) {}

  /** Stores another payment attempt for the run; once for each idempotency key. @throws ProblemError when not possible */
  async attempt(
    orderId: OrderId,
    { method }: RequestPaymentAttempt,
    key: string,
    service: string,
  ): Promise<OrderRecord> {
    const order = await this.orders.get(orderId);
    const request = scopedIdempotencyKey(service, `POST /orders/${orderId}/payment-attempts`, key, {
      orderId,
      method,
    });
    return this.requests.once(
      request,
      async () => {
        const by = actorOf(service);
        const asked = await this.store.paymentAttempts.request(order, request, { method, by });
        if (asked === 'not_possible') throw new ProblemError('payment_attempt_not_possible');
        if (asked === 'key_taken') return null;
        this.signals.send('attemptPayment', orderId, () => this.runs.attemptPayment(asked));
        return this.orders.get(orderId);
      },
      () => this.orders.get(orderId),
    );
  }

  /** Read from the provider each time and never stored. @throws ProblemError when no action is required */
  async clientSecret(orderId: OrderId): Promise<string> {
    const { payment, intentId } = await this.orders.get(orderId);
    if (payment !== 'requires_action' || intentId === null) throw new ProblemError('no_action_required');
    const secret = await this.read(intentId);
    if (secret === null) throw new ProblemError('no_action_required');
    return secret;
  }

  private async read(intentId: string): Promise<string | null> {
    try {
      return await this.gateway.readClientSecret(intentId);
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      throw new ProblemError('gateway_unavailable', undefined, {}, { cause: error });
    }
  }
}
