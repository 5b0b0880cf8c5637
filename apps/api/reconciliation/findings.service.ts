import { Injectable } from '@nestjs/common';

import type { FindingList, FindingView, ListFindings } from '#libs/contracts/http/finding.api';
import type { FindingRecord } from '#libs/persistence/reconciliation/finding.repository';
import { Store } from '#libs/persistence/store';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { ProblemError } from '../platform/problems/problem-error.js';
import { AttentionService } from '../attention/attention.service.js';
import { OrdersService } from '../orders/orders.service.js';
import { scopedIdempotencyKey, IdempotencyService } from '../platform/idempotency/idempotency.service.js';

/** What reconciliations found, and what persons made of it. */
@Injectable()
export class FindingsService {
  constructor(
    private readonly store: Store,
    private readonly orders: OrdersService,
    private readonly attention: AttentionService,
    private readonly requests: IdempotencyService,
  ) {}

  async list({ state, before, limit }: ListFindings): Promise<FindingList> {
    const data = await this.store.findings.list({ ...(state === 'all' ? {} : { state }), before, limit });
    return { data };
  }

  /**
   * Closes a finding; once for each key, where there is one. One that concerns an order is closed by answering its
   * attention, and books what that books.
   *
   * @throws ProblemError when there is no such finding, or it is closed
   */
  async acknowledge(id: string, note: string, key: string | null, service: string): Promise<FindingView> {
    const finding = await this.get(id);
    const operation = `POST /findings/${finding.id}/acknowledgement`;
    const request = key === null ? null : scopedIdempotencyKey(service, operation, key, { note });
    const current = () => this.get(id);
    return this.requests.once(
      request,
      async () => {
        await this.close(finding, note, request, service);
        return current();
      },
      current,
    );
  }

  private async close(
    finding: FindingRecord,
    note: string,
    request: ScopedIdempotencyKey | null,
    service: string,
  ): Promise<void> {
    if (finding.closedAt !== null) throw new ProblemError('finding_closed');
    if (finding.orderId === null) {
      const by = `service:${service}`;
      if (!(await this.store.findings.acknowledge(finding, { note, by }, request)))
        throw new ProblemError('finding_closed');
      return;
    }
    const attentionId = await this.store.findings.openAttention(finding.id);
    if (attentionId === null) throw new ProblemError('finding_closed');
    const order = await this.orders.get(finding.orderId);
    await this.attention.answer(order, attentionId, { action: 'acknowledge', note }, request, service);
  }

  private async get(id: string): Promise<FindingRecord> {
    const finding = await this.store.findings.find(id);
    if (!finding) throw new ProblemError('finding_not_found');
    return finding;
  }
}
