import { FindingList, FindingView } from '#libs/contracts/http/finding.api';
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
  async findings(): Promise<FindingView[]> {
    return FindingList.parse(await this.api.get('/findings')).data;
  }

  async acknowledge(findingId: string, note: string): Promise<void> {
    await this.api.post(`/findings/${findingId}/acknowledgement`, { note });
  }
}
