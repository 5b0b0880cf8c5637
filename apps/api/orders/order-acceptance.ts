import { createHash, randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { stringify } from 'safe-stable-stringify';
import { v7 as uuid } from 'uuid';

import type { PlaceOrder } from '#libs/contracts/order-request.api';
import { type OrderId, orderId } from '#libs/order/order-id';
import { orderNumber } from '#libs/order/order-number';
import { isOrderNumberTaken } from '#libs/store/database-failure';
import type { OrderRecord } from '#libs/store/order-record';
import type { NewOrder, RequestKey } from '#libs/store/order.repository';
import { Store } from '#libs/store/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { ProblemError } from '../http/problem-error.js';
import { Nudges } from '../nudges.js';
import { Settings } from '../settings.js';
import { quote } from './quote.js';

const OPERATION = 'POST /orders';

/** Takes orders: each is stored, with its price, before it is answered; once for each key. */
@Injectable()
export class OrderAcceptance {
  constructor(
    private readonly store: Store,
    private readonly runs: OrderRuns,
    private readonly nudges: Nudges,
    private readonly settings: Settings,
  ) {}

  /** @throws ProblemError when the order is refused; nothing is stored then, and the key is free */
  async place(body: PlaceOrder, key: string, service: string): Promise<OrderRecord> {
    const request = { principal: service, operation: OPERATION, key, requestHash: hashOf(body) };
    let accepted: OrderRecord | null;
    try {
      accepted = await this.accept(await this.price(body), request);
    } catch (error) {
      // What was accepted under the key stays accepted, whatever has become of the catalogue since.
      const known = error instanceof ProblemError ? await this.findAccepted(request) : null;
      if (known) return known;
      throw error;
    }
    if (!accepted) return this.acceptedBefore(request);
    this.start(accepted.id);
    return accepted;
  }

  /** The order as it would be accepted today. @throws ProblemError when it cannot be */
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
    };
  }

  private start(id: OrderId): void {
    this.nudges.send('start', id, () => this.runs.start(id, this.settings.policy));
  }

  private async findAccepted(request: RequestKey): Promise<OrderRecord | null> {
    const earlier = await this.store.orders.findRequest(request);
    if (!earlier) return null;
    if (earlier.requestHash !== request.requestHash) throw new ProblemError('idempotency_key_reused');
    return this.store.orders.get(earlier.orderId);
  }

  /** The key is taken: by the same request, whose order it answers, or by another, which is refused. */
  private async acceptedBefore(request: RequestKey): Promise<OrderRecord> {
    const order = await this.findAccepted(request);
    if (!order) throw new Error('a request key was taken, yet names no order');
    return order;
  }

  /** Numbers are short, so two orders may draw the same one; the second draws again. */
  private async accept(order: Omit<NewOrder, 'number'>, request: RequestKey): Promise<OrderRecord | null> {
    for (;;) {
      try {
        return await this.store.orders.accept({ ...order, number: orderNumber(randomBytes(8)) }, request);
      } catch (error) {
        if (!isOrderNumberTaken(error)) throw error;
      }
    }
  }
}

/** The same for every spelling of the same request: order of fields, white space, escapes. */
const hashOf = (body: PlaceOrder) => createHash('sha256').update(stringify(body)).digest('hex');
