import { Injectable } from '@nestjs/common';

import type { FindingList, FindingView, ListFindings } from '#libs/contracts/finding.api';
import type { FindingRecord } from '#libs/store/finding.repository';
import { Store } from '#libs/store/store';

import { ProblemError } from '../http/problem-error.js';
import { AttentionService } from '../orders/attention.service.js';

/** What reconciliations found, and what persons made of it. */
@Injectable()
export class FindingsService {
  constructor(
    private readonly store: Store,
    private readonly attention: AttentionService,
  ) {}

  async list({ state, before, limit }: ListFindings): Promise<FindingList> {
    const data = await this.store.findings.list({ ...(state === 'all' ? {} : { state }), before, limit });
    return { data };
  }

  /**
   * Closes a finding. One that concerns an order is closed by answering its attention, and books what that books.
   *
   * @throws ProblemError when there is no such finding, or it is closed
   */
  async acknowledge(id: string, note: string, service: string): Promise<FindingView> {
    const finding = await this.get(id);
    if (finding.closedAt !== null) throw new ProblemError('finding_closed');
    if (finding.orderId === null) {
      const by = `service:${service}`;
      if (!(await this.store.findings.acknowledge(finding, { note, by })))
        throw new ProblemError('finding_closed');
    } else {
      const attentionId = await this.store.findings.openAttention(finding.id);
      if (attentionId === null) throw new ProblemError('finding_closed');
      await this.attention.resolve(finding.orderId, attentionId, { action: 'acknowledge', note }, service);
    }
    return this.get(id);
  }

  private async get(id: string): Promise<FindingRecord> {
    const finding = await this.store.findings.find(id);
    if (!finding) throw new ProblemError('finding_not_found');
    return finding;
  }
}
