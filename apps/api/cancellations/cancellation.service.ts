import { Injectable } from '@nestjs/common';

import type { CancellationView } from '#libs/contracts/http/cancellation.api';
import { actorOf } from '#libs/domain/order/actor';
import type { OrderId } from '#libs/domain/order/order-id';
import { Store } from '#libs/persistence/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { ProblemError } from '../platform/problems/problem-error.js';
import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { OrdersService } from '../orders/orders.service.js';

/** Accepts cancellation requests: each is stored before the run is signalled, and decided by the order's status. */
@Injectable()
export class CancellationService {
  constructor(
    private readonly store: Store,
    private readonly orders: OrdersService,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
  ) {}

  /** Stores one request for each order. @throws ProblemError order_not_found */
  async request(id: OrderId, service: string): Promise<CancellationView> {
    const order = await this.orders.get(id);
    const by = actorOf(service);
    const isNew = await this.store.cancellations.request(order, by);
    const cancellation = await this.find(id);
    if (isNew && cancellation.state === 'requested') {
      this.signals.send('requestCancellation', id, () =>
        this.runs.requestCancellation({ orderId: id, by, policy: order.policy }),
      );
    }
    return cancellation;
  }

  /** @throws ProblemError order_not_found, cancellation_not_found */
  async get(id: OrderId): Promise<CancellationView> {
    await this.orders.get(id);
    return this.find(id);
  }

  private async find(id: OrderId): Promise<CancellationView> {
    const found = await this.store.cancellations.find(id);
    if (!found) throw new ProblemError('cancellation_not_found');
    const { state, code, requestedAt, decidedAt } = found;
    return { state, code, requestedAt, decidedAt };
  }
}
