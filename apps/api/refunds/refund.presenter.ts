import type { RefundView } from '#libs/contracts/http/refund.api';
import type { RefundRecord } from '#libs/persistence/refunds/refund.repository';

/** A refund as it is shown. Field by field, so that what the record gains is not shown by accident. */
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
