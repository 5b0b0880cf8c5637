import type { Posting } from '#libs/domain/ledger/ledger';
import type { RefundState } from '#libs/domain/refund/refund';
import { openAttention } from '#libs/persistence/attention/attention.sql';
import type { OrderChange } from '#libs/persistence/orders/order-change';
import { settleRefund } from '#libs/persistence/refunds/refund.sql';

/** How a refund of ours stands at the provider. */
export interface RefundUpdate {
  readonly refundId: string;
  readonly amount: number;
  readonly status: Exclude<RefundState, 'requested'>;
  /** Absent where the provider refused to make it. */
  readonly providerId?: string;
  readonly failure?: string;
}

/** What that means for its order. One that failed is refundable again, and somebody is told. */
export function refundChange(
  { refundId, amount, status, providerId, failure }: RefundUpdate,
  posts: readonly Posting[],
): OrderChange {
  const reason = status === 'failed' ? (failure ?? 'unknown') : undefined;
  return {
    posts,
    event: {
      type: `refund.${status}`,
      actor: 'gateway',
      details: { refund: refundId, amount, reason, opens: reason && 'refund_failed' },
    },
    also: [
      settleRefund(refundId, status, { providerId, failure: reason }),
      ...(reason ? [openAttention('refund_failed', null, reason, refundId)] : []),
    ],
  };
}
