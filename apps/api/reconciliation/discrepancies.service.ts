import { Injectable } from '@nestjs/common';

import type {
  DiscrepancyList,
  DiscrepancyView,
  ListDiscrepancies,
} from '#libs/contracts/http/discrepancy.api';
import { actorOf } from '#libs/domain/order/actor';
import type { DiscrepancyRecord } from '#libs/persistence/reconciliation/discrepancy.repository';
import { Store } from '#libs/persistence/store';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { ProblemError } from '../platform/problems/problem-error.js';
import { AttentionService } from '../attention/attention.service.js';
import { OrdersService } from '../orders/orders.service.js';
import { scopedIdempotencyKey, IdempotencyService } from '../platform/idempotency/idempotency.service.js';

/** Lists and acknowledges discrepancies. */
@Injectable()
export class DiscrepanciesService {
  constructor(
    private readonly store: Store,
    private readonly orders: OrdersService,
    private readonly attention: AttentionService,
    private readonly requests: IdempotencyService,
  ) {}

  async list({ state, before, limit }: ListDiscrepancies): Promise<DiscrepancyList> {
    const data = await this.store.discrepancies.list({
      ...(state === 'all' ? {} : { state }),
      before,
      limit,
    });
    return { data };
  }

  /**
   * Closes a discrepancy; once for each idempotency key. One that concerns an order is closed by resolving its
   * attention.
   *
   * @throws ProblemError when there is no such discrepancy, or it is closed
   */
  async acknowledge(id: string, note: string, key: string | null, service: string): Promise<DiscrepancyView> {
    const discrepancy = await this.get(id);
    const operation = `POST /reconciliation/discrepancies/${discrepancy.id}/acknowledgement`;
    const request = key === null ? null : scopedIdempotencyKey(service, operation, key, { note });
    const current = () => this.get(id);
    return this.requests.once(
      request,
      async () => {
        await this.close(discrepancy, note, request, service);
        return current();
      },
      current,
    );
  }

  private async close(
    discrepancy: DiscrepancyRecord,
    note: string,
    request: ScopedIdempotencyKey | null,
    service: string,
  ): Promise<void> {
    if (discrepancy.closedAt !== null) throw new ProblemError('discrepancy_closed');
    if (discrepancy.orderId === null) {
      const by = actorOf(service);
      if (!(await this.store.discrepancies.acknowledge(discrepancy, { note, by }, request)))
        throw new ProblemError('discrepancy_closed');
      return;
    }
    const attentionId = await this.store.discrepancies.openAttention(discrepancy.id);
    if (attentionId === null) throw new ProblemError('discrepancy_closed');
    const order = await this.orders.get(discrepancy.orderId);
    await this.attention.answer(order, attentionId, { action: 'acknowledge', note }, request, service);
  }

  private async get(id: string): Promise<DiscrepancyRecord> {
    const discrepancy = await this.store.discrepancies.find(id);
    if (!discrepancy) throw new ProblemError('discrepancy_not_found');
    return discrepancy;
  }
}
