import type { GatewayRefund } from '#libs/payments/payment-gateway';
import { openAttention } from '#libs/store/attention.sql';
import type { OrderChange } from '#libs/store/order-change';
import type { RefundRecord } from '#libs/store/refund.repository';
import { settleRefund } from '#libs/store/refund.sql';

/** What the provider's answer to a refund means. One that failed is refundable again, and somebody is told. */
export function refundChange(
  { id, amount }: RefundRecord,
  { id: providerId, status, failure }: Pick<GatewayRefund, 'status' | 'failure'> & { id: string | null },
): OrderChange {
  const details = { refund: providerId ?? id, amount };
  const named = providerId === null ? {} : { providerId };
  switch (status) {
    case 'pending':
      return {
        event: { type: 'refund.pending', actor: 'gateway', details },
        also: [settleRefund(id, status, named)],
      };
    case 'succeeded':
      return {
        posts: [{ kind: 'refund_succeeded', objectId: id, amount }],
        event: { type: 'payment.refunded', actor: 'gateway', details },
        also: [settleRefund(id, status, named)],
      };
    case 'failed': {
      const reason = failure ?? 'unknown';
      return {
        posts: [{ kind: 'refund_failed', objectId: id, amount }],
        event: { type: 'refund.failed', actor: 'gateway', details: { ...details, reason } },
        also: [
          settleRefund(id, status, { ...named, failure: reason }),
          openAttention('refund_failed', 'charge', reason),
        ],
      };
    }
  }
}
