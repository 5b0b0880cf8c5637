import { DiscrepancyList, DiscrepancyView } from '#libs/contracts/http/discrepancy.api';
import { RefundView, type RequestRefund } from '#libs/contracts/http/refund.api';

import type { ApiCaller } from './api-caller.js';

/** A person who resolves what orders cannot, with the same HTTP API. */
export class Operator {
  constructor(private readonly api: ApiCaller) {}

  /** @param key repeated with the same key, it is one refund */
  async refund(id: string, body: RequestRefund, key: string): Promise<RefundView> {
    return RefundView.parse(await this.api.post(`/orders/${id}/refunds`, body, key));
  }

  /** The open ones. */
  async discrepancies(): Promise<DiscrepancyView[]> {
    return DiscrepancyList.parse(await this.api.get('/reconciliation/discrepancies')).data;
  }

  async acknowledge(discrepancyId: string, note: string): Promise<void> {
    await this.api.post(`/reconciliation/discrepancies/${discrepancyId}/acknowledgement`, { note });
  }
}
