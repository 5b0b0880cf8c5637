import { Injectable } from '@nestjs/common';

import type { ProblemCode } from '#libs/contracts/http/problems';
import type { OrderId } from '#libs/domain/order/order-id';
import type { RefusalCode } from '#libs/domain/order/outcome';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OutcomeSubject } from '#libs/persistence/orders/outcome.repository';
import { Store } from '#libs/persistence/store';

import type { WaitPreference } from '../platform/requests/preferred-wait.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { OrdersService } from './orders.service.js';
import { OutcomePoller } from './outcome-poller.js';

const PROBLEM_BY_REFUSAL = {
  invalid: 'order_invalid',
  out_of_stock: 'out_of_stock',
  payment_declined: 'payment_declined',
  payment_expired: 'payment_expired',
  reservation_expired: 'payment_expired',
  cancelled: 'order_cancelled',
  refund_failed: 'refund_failed',
  cancellation_refused: 'cancellation_refused',
} as const satisfies Readonly<Record<RefusalCode, ProblemCode>>;

/** A stored request whose outcome a caller may wait for. */
interface Request<T> {
  readonly subject: OutcomeSubject;
  readonly orderId: OrderId;
  /** The resource as it was stored. */
  readonly stored: T;
  /** The status of the response once the outcome is as requested. */
  readonly done: 200 | 201;
  readonly current: () => Promise<T>;
  /** A code that is more specific than the problem. */
  readonly reason?: (current: T, code: RefusalCode) => string | null;
}

interface Answer<T> {
  readonly body: T;
  readonly status: 200 | 201 | 202;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers with the outcome of a request when the caller waits for it. */
@Injectable()
export class OutcomeService {
  constructor(
    private readonly poller: OutcomePoller,
    private readonly store: Store,
    private readonly orders: OrdersService,
  ) {}

  /**
   * @returns the resource: with 202 when its outcome is not known yet, or the caller does not wait
   * @throws ProblemError with the order's id when the outcome is not the requested one
   */
  async of<T>(
    { subject, orderId, stored, done, current, reason }: Request<T>,
    { seconds, disconnected }: WaitPreference,
  ): Promise<Answer<T>> {
    if (seconds === 0 || !this.poller.hasCapacity) return { body: stored, status: 202, headers: {} };
    const headers = { 'Preference-Applied': `wait=${seconds}` };
    const polled = await this.poller.wait(subject, seconds * 1_000, disconnected);
    // The outcome may have become known just as the time ran out.
    const [outcome = polled] = polled.is === 'open' ? await this.store.outcomes.of([subject]) : [polled];
    const body = await current();
    if (outcome.is === 'refused')
      throw new ProblemError(PROBLEM_BY_REFUSAL[outcome.code], undefined, {
        orderId,
        headers,
        reason: reason?.(body, outcome.code) ?? undefined,
      });
    return { body, status: outcome.is === 'done' ? done : 202, headers };
  }

  /** The outcome of an order that is to be paid. */
  async ofOrder(order: OrderRecord, done: 200 | 201, wait: WaitPreference): Promise<Answer<OrderRecord>> {
    const request: Request<OrderRecord> = {
      subject: { about: 'order', id: order.id },
      orderId: order.id,
      stored: order,
      done,
      current: () => this.orders.get(order.id),
      reason: ({ decline }, code) => (code === 'payment_declined' ? (decline?.code ?? null) : null),
    };
    return this.of(request, wait);
  }
}
