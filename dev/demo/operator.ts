import { DiscrepancyList, DiscrepancyView } from '#libs/contracts/http/discrepancy.api';
import { RefundView, type RequestRefund } from '#libs/contracts/http/refund.api';

import type { ApiCaller } from './api-caller.js';

/** A person who looks after orders, with the same HTTP API. */
export class Operator {
  constructor(private readonly api: ApiCaller) {}

  /** @param key the same one makes one refund */
  async refund(id: string, body: RequestRefund, key: string): Promise<RefundView> {
    return RefundView.parse(await this.api.post(`/orders/${id}/refunds`, body, key));
  }

  /** What is open. */
  async discrepancies(): Promise<DiscrepancyView[]> {
    return DiscrepancyList.parse(await this.api.get('/reconciliation/discrepancies')).data;
  }

  async acknowledge(discrepancyId: string, note: string): Promise<void> {
    await this.api.post(`/reconciliation/discrepancies/${discrepancyId}/acknowledgement`, { note });
  }
}
