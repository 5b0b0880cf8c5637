import { Injectable } from '@nestjs/common';

import type { ProblemCode } from '#libs/contracts/http/problems';
import type { OrderId } from '#libs/domain/order/order-id';
import type { RefusalCode } from '#libs/domain/order/outcome';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { Asked } from '#libs/persistence/orders/outcome.repository';
import { Store } from '#libs/persistence/store';

import type { Patience } from '../platform/requests/preferred-wait.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { OrdersService } from './orders.service.js';
import { OutcomeWatch } from './outcome-watch.js';

const PROBLEMS = {
  invalid: 'order_invalid',
  out_of_stock: 'out_of_stock',
  payment_declined: 'payment_declined',
  payment_expired: 'payment_expired',
  reservation_expired: 'payment_expired',
  cancelled: 'order_cancelled',
  refund_failed: 'refund_failed',
  cancellation_refused: 'cancellation_refused',
} as const satisfies Readonly<Record<RefusalCode, ProblemCode>>;

/** Something that was asked for, and is stored. */
interface Request<T> {
  readonly asked: Asked;
  readonly orderId: OrderId;
  /** As it was when it was stored. */
  readonly stored: T;
  /** What an answer says once it has come about. */
  readonly done: 200 | 201;
  readonly current: () => Promise<T>;
  /** Why it did not come about, as a code, where there is more to say than the problem does. */
  readonly reason?: (current: T, code: RefusalCode) => string | null;
}

interface Answer<T> {
  readonly body: T;
  readonly status: 200 | 201 | 202;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers with the outcome of what was asked for to those who would wait for it. */
@Injectable()
export class OutcomeService {
  constructor(
    private readonly watch: OutcomeWatch,
    private readonly store: Store,
    private readonly orders: OrdersService,
  ) {}

  /**
   * @returns it as it stands: 202 when its outcome is not known yet, or nobody waits for it
   * @throws ProblemError with the order's id when it did not come about
   */
  async of<T>(
    { asked, orderId, stored, done, current, reason }: Request<T>,
    { seconds, gone }: Patience,
  ): Promise<Answer<T>> {
    if (seconds === 0 || !this.watch.hasRoom) return { body: stored, status: 202, headers: {} };
    const headers = { 'Preference-Applied': `wait=${seconds}` };
    const told = await this.watch.of(asked, seconds * 1_000, gone);
    // It may have become known as the time ran out.
    const [outcome = told] = told.is === 'open' ? await this.store.outcomes.of([asked]) : [told];
    const body = await current();
    if (outcome.is === 'refused')
      throw new ProblemError(PROBLEMS[outcome.code], undefined, {
        orderId,
        headers,
        reason: reason?.(body, outcome.code) ?? undefined,
      });
    return { body, status: outcome.is === 'done' ? done : 202, headers };
  }

  /** The same for an order that is to be paid. */
  async ofOrder(order: OrderRecord, done: 200 | 201, patience: Patience): Promise<Answer<OrderRecord>> {
    const request: Request<OrderRecord> = {
      asked: { about: 'order', id: order.id },
      orderId: order.id,
      stored: order,
      done,
      current: () => this.orders.get(order.id),
      reason: ({ decline }, code) => (code === 'payment_declined' ? (decline?.code ?? null) : null),
    };
    return this.of(request, patience);
  }
}
