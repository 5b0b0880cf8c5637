import { Injectable } from '@nestjs/common';

import type { ProblemCode } from '#libs/contracts/problems';
import type { RefusalCode } from '#libs/order/outcome';
import type { OrderRecord } from '#libs/store/order-record';

import { ProblemError } from '../http/problem-error.js';
import { OrdersService } from './orders.service.js';
import { OutcomeWatch } from './outcome-watch.js';

const PROBLEMS = {
  invalid: 'order_invalid',
  out_of_stock: 'out_of_stock',
  payment_declined: 'payment_declined',
  payment_expired: 'payment_expired',
  reservation_expired: 'payment_expired',
  cancelled: 'order_cancelled',
} as const satisfies Readonly<Record<RefusalCode, ProblemCode>>;

/** An order that was placed, and what is known of its outcome. */
interface Placed {
  readonly order: OrderRecord;
  readonly status: 201 | 202;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers with the outcome of an order to those who would wait for it. */
@Injectable()
export class OutcomeService {
  constructor(
    private readonly watch: OutcomeWatch,
    private readonly orders: OrdersService,
  ) {}

  /**
   * @param wait seconds
   * @returns the order as it stands: 201 when it is confirmed, 202 when nothing is known yet
   * @throws ProblemError with the order's id when it did not come about
   */
  async of(order: OrderRecord, wait: number, gone: AbortSignal): Promise<Placed> {
    if (wait === 0 || !this.watch.hasRoom) return { order, status: 202, headers: {} };
    const headers = { 'Preference-Applied': `wait=${wait}` };
    const outcome = await this.watch.of(order.id, wait * 1_000, gone);
    if (outcome.is === 'refused')
      throw new ProblemError(PROBLEMS[outcome.code], undefined, { orderId: order.id, headers });
    const status = outcome.is === 'confirmed' ? 201 : 202;
    return { order: await this.orders.get(order.id), status, headers };
  }
}
