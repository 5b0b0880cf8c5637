import { z } from 'zod';

import { balanceTransactionSchema } from './balance-transaction.js';
import { epochSeconds, metadataSchema, newId, time } from './stripe-object.js';
import type { Charge } from './stripe-objects.js';

/** A shopper's bank takes a payment back (docs.stripe.com/api/disputes). */
export const disputeSchema = z.object({
  id: z.string(),
  object: z.literal('dispute'),
  amount: z.int(),
  balance_transactions: z.array(balanceTransactionSchema),
  charge: z.string(),
  created: time,
  currency: z.string(),
  enhanced_eligibility_types: z.tuple([]),
  /** None is ever handed in. */
  evidence: z.record(z.string(), z.unknown()),
  evidence_details: z.object({
    due_by: time,
    enhanced_eligibility: z.object({}),
    has_evidence: z.literal(false),
    past_due: z.literal(false),
    submission_count: z.literal(0),
  }),
  is_charge_refundable: z.boolean(),
  livemode: z.literal(false),
  metadata: metadataSchema,
  payment_intent: z.string(),
  reason: z.string(),
  status: z.enum(['warning_needs_response', 'warning_closed', 'needs_response', 'won', 'lost']),
});
export type Dispute = z.output<typeof disputeSchema>;

export const DISPUTE_REASONS = [
  'credit_not_processed',
  'duplicate',
  'fraudulent',
  'general',
  'product_not_received',
  'product_unacceptable',
  'subscription_canceled',
  'unrecognized',
] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

const EVIDENCE = [
  ...['access_activity_log', 'billing_address', 'cancellation_policy', 'cancellation_policy_disclosure'],
  ...['cancellation_rebuttal', 'customer_communication', 'customer_email_address', 'customer_name'],
  ...['customer_purchase_ip', 'customer_signature', 'duplicate_charge_documentation'],
  ...['duplicate_charge_explanation', 'duplicate_charge_id', 'product_description', 'receipt'],
  ...['refund_policy', 'refund_policy_disclosure', 'refund_refusal_explanation', 'service_date'],
  ...['service_documentation', 'shipping_address', 'shipping_carrier', 'shipping_date'],
  ...['shipping_documentation', 'shipping_tracking_number', 'uncategorized_file', 'uncategorized_text'],
];
const WEEK = 7 * 86_400;

/** @param isInquiry the bank only asks, and takes no money yet */
export function newDispute(
  { id: charge, currency, payment_intent }: Charge,
  { amount, reason, isInquiry }: { amount: number; reason: DisputeReason; isInquiry: boolean },
): Dispute {
  const now = epochSeconds();
  return {
    id: newId('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge,
    created: now,
    currency,
    enhanced_eligibility_types: [],
    evidence: { ...Object.fromEntries(EVIDENCE.map((name) => [name, null])), enhanced_evidence: {} },
    evidence_details: {
      due_by: now + WEEK,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    payment_intent,
    reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  };
}
