import { Injectable } from '@nestjs/common';

import type { ProblemCode } from '#libs/contracts/problems';
import { type Outcome, outcomeOf, type RefusalCode } from '#libs/order/outcome';
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
    const told = await this.watch.of(order.id, wait * 1_000, gone);
    const current = await this.orders.get(order.id);
    // It may have become known as the time ran out.
    const outcome = told.is === 'open' ? seen(current) : told;
    if (outcome.is === 'refused')
      throw new ProblemError(PROBLEMS[outcome.code], undefined, { orderId: order.id, headers });
    return { order: current, status: outcome.is === 'confirmed' ? 201 : 202, headers };
  }
}

/** The outcome as the order shows it. One that is cancelled does not show whether it had been confirmed. */
function seen({ status, payment, endReason }: OrderRecord): Outcome {
  if (status === 'cancelling' || status === 'cancelled') return { is: 'open' };
  const wasConfirmed = status !== 'pending' && status !== 'rejected';
  return outcomeOf({ status, payment, endCode: endReason?.code ?? null, wasConfirmed });
}
