import type { RefundView } from '#libs/contracts/http/refund.api';
import type { RefundRecord } from '#libs/persistence/refunds/refund.repository';

/** Field by field, so that no new field of the record is exposed. */
export function presentRefund(refund: RefundRecord): RefundView {
  return {
    id: refund.id,
    amount: refund.amount,
    reason: refund.reason,
    restock: refund.restock,
    lines: refund.lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    state: refund.state,
    failure: refund.failure,
    requestedBy: refund.requestedBy,
    requestedAt: refund.requestedAt,
    settledAt: refund.settledAt,
  };
}
