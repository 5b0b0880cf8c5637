import type { Posting } from '#libs/domain/ledger/ledger';
import type { RefundState } from '#libs/domain/refund/refund';
import type { OrderChange } from '#libs/domain/order/order-change';

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
    refund: { is: 'settled', id: refundId, state: status, providerId, failure: reason },
    ...(reason ? { opens: { kind: 'refund_failed', step: null, reason, refundId } } : {}),
  };
}
