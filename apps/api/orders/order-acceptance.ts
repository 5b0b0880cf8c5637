import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';

import type { PlaceOrder } from '#libs/contracts/http/order-request.api';
import { type OrderId, orderId } from '#libs/domain/order/order-id';
import { orderNumber } from '#libs/domain/order/order-number';
import { isOrderNumberTaken } from '#libs/persistence/database/database-failure';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { NewOrder } from '#libs/persistence/orders/order.repository';
import { Store } from '#libs/persistence/store';
import { logContext } from '#libs/telemetry/log-context';
import { OrderRuns } from '#libs/temporal/order-runs';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { scopedIdempotencyKey, IdempotencyService } from '../platform/idempotency/idempotency.service.js';
import { Settings } from '../settings.js';
import { quote } from './quote.js';

const OPERATION = 'POST /orders';

/** Accepts orders: each is priced and stored before the response; once for each idempotency key. */
@Injectable()
export class OrderAcceptance {
  constructor(
    private readonly store: Store,
    private readonly requests: IdempotencyService,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
    private readonly settings: Settings,
  ) {}

  /** @throws ProblemError when the order is refused; nothing is stored, and the key stays unused */
  async place(body: PlaceOrder, key: string, service: string): Promise<OrderRecord> {
    const request = scopedIdempotencyKey(service, OPERATION, key, body);
    return this.requests.once(
      request,
      async () => {
        const accepted = await this.accept(await this.price(body), request);
        if (accepted) this.start(accepted.id);
        return accepted;
      },
      ({ orderId: placed }) => {
        if (placed === null) throw new Error('the idempotency key of an order has no order');
        return this.store.orders.get(placed);
      },
    );
  }

  /** Prices an order by today's catalogue. @throws ProblemError when it is refused */
  private async price(body: PlaceOrder): Promise<Omit<NewOrder, 'number'>> {
    const products = await this.store.catalogue.findBySkus(body.lines.map((line) => line.sku));
    const { lines, totals } = quote(body, products, this.settings);
    return {
      id: orderId(uuid()),
      customer: body.customer,
      shippingAddress: body.shippingAddress,
      billingAddress: body.billingAddress,
      currency: body.currency,
      lines,
      totals,
      paymentMethod: body.payment.method,
      policy: this.settings.policy,
      requestId: logContext()?.reqId,
    };
  }

  private start(id: OrderId): void {
    this.signals.send('start', id, () => this.runs.start(id, this.settings.policy));
  }

  /** Order numbers are short and random: a number that is taken is replaced by another one. */
  private async accept(
    order: Omit<NewOrder, 'number'>,
    request: ScopedIdempotencyKey,
  ): Promise<OrderRecord | null> {
    for (;;) {
      try {
        return await this.store.orders.accept({ ...order, number: orderNumber(randomBytes(8)) }, request);
      } catch (error) {
        if (!isOrderNumberTaken(error)) throw error;
      }
    }
  }
}
