import { Injectable } from '@nestjs/common';

import type { AttentionList } from '#libs/contracts/http/attention.api';
import type { ResolveAttention } from '#libs/contracts/http/resolution.api';
import { actorOf } from '#libs/domain/order/actor';
import type { OrderId } from '#libs/domain/order/order-id';
import { isEnd } from '#libs/domain/order/states';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { Store } from '#libs/persistence/store';
import { OrderRuns } from '#libs/temporal/order-runs';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { ProblemError } from '../platform/problems/problem-error.js';
import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { scopedIdempotencyKey, IdempotencyService } from '../platform/idempotency/idempotency.service.js';
import { presentAttentionEntry } from './attention.presenter.js';
import { OrdersService } from '../orders/orders.service.js';

const PROBLEM_BY_RESULT = {
  not_found: 'attention_not_found',
  already_resolved: 'already_resolved',
  illegal_resolution: 'illegal_resolution',
} as const;

/** Accepts operators' resolutions: each is stored before the run is signalled. */
@Injectable()
export class AttentionService {
  constructor(
    private readonly store: Store,
    private readonly orders: OrdersService,
    private readonly requests: IdempotencyService,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
  ) {}

  /** All attentions of an order, oldest first. @throws ProblemError order_not_found */
  async list(id: OrderId): Promise<AttentionList> {
    const { status } = await this.orders.get(id);
    const all = await this.store.attention.ofOrder(id);
    return { data: all.map((each) => presentAttentionEntry(each, isEnd(status))) };
  }

  /**
   * Stores a resolution; once for each idempotency key.
   *
   * @throws ProblemError when there is no such attention, or it does not allow this resolution
   */
  async resolve(
    id: OrderId,
    attentionId: string,
    answer: ResolveAttention,
    key: string | null,
    service: string,
  ): Promise<OrderRecord> {
    const order = await this.orders.get(id);
    const operation = `POST /orders/${id}/attention/${attentionId}/resolution`;
    const request = key === null ? null : scopedIdempotencyKey(service, operation, key, answer);
    const current = () => this.orders.get(id);
    return this.requests.once(
      request,
      async () => {
        await this.answer(order, attentionId, answer, request, service);
        return current();
      },
      current,
    );
  }

  /** @throws ProblemError when there is no such attention, or it does not allow this resolution */
  async answer(
    order: OrderRecord,
    attentionId: string,
    { action, note }: ResolveAttention,
    request: ScopedIdempotencyKey | null,
    service: string,
  ): Promise<void> {
    const by = actorOf(service);
    const result = await this.store.attention.resolve(
      order,
      attentionId,
      { action, note: note ?? null, by },
      request,
    );
    if (result !== 'resolved') throw new ProblemError(PROBLEM_BY_RESULT[result]);
    const resolution = { orderId: order.id, attentionId, action, by };
    this.signals.send('resolveAttention', order.id, () => this.runs.resolveAttention(resolution));
  }
}
