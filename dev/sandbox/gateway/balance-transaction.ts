import { z } from 'zod';

import { nothing, time } from './stripe-object.js';

/** A movement of money on the account (docs.stripe.com/api/balance_transactions). Fees are left out. */
export const balanceTransactionSchema = z.object({
  id: z.string(),
  object: z.literal('balance_transaction'),
  amount: z.int(),
  available_on: time,
  balance_type: z.literal('payments'),
  created: time,
  currency: z.string(),
  description: z.string().nullable(),
  exchange_rate: nothing,
  fee: z.literal(0),
  fee_details: z.tuple([]),
  net: z.int(),
  reporting_category: z.string(),
  source: z.string(),
  status: z.literal('available'),
  type: z.enum(['charge', 'refund', 'refund_failure', 'adjustment']),
});
export type BalanceTransaction = z.output<typeof balanceTransactionSchema>;

/** What money can do, as Stripe files it (docs.stripe.com/reports/reporting-categories). */
export const MOVEMENTS = {
  charge: { type: 'charge', reporting_category: 'charge' },
  uncaptured: { type: 'refund', reporting_category: 'partial_capture_reversal' },
  refund: { type: 'refund', reporting_category: 'refund' },
  refundFailed: { type: 'refund_failure', reporting_category: 'refund_failure' },
  withdrawn: { type: 'adjustment', reporting_category: 'dispute' },
  reinstated: { type: 'adjustment', reporting_category: 'dispute_reversal' },
} as const satisfies Record<string, Pick<BalanceTransaction, 'type' | 'reporting_category'>>;
