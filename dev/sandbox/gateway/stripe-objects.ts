import { z } from 'zod';

import { billingDetailsSchema, metadataSchema, nothing, reference, time } from './stripe-object.js';

/** Stripe's objects in Stripe's own form: what is kept is what is answered (docs.stripe.com/api). */

/** The fields of a card, the same in every object that has one. */
const cardFields = {
  brand: z.string(),
  country: z.string().default('DE'),
  exp_month: z.int().default(12),
  exp_year: z.int().default(2040),
  fingerprint: nothing,
  funding: z.string().default('credit'),
  last4: z.string(),
  regulated_status: nothing,
  wallet: nothing,
};

const paymentErrorSchema = z.object({
  type: z.enum(['card_error', 'invalid_request_error']),
  code: z.string(),
  decline_code: z.string().optional(),
  message: z.string(),
  /** The attempt; a shopper who fails to authenticate has made none. */
  charge: z.string().optional(),
  doc_url: z.string(),
  payment_method: z.object({
    id: z.string(),
    object: z.literal('payment_method'),
    billing_details: billingDetailsSchema,
    card: z.object({
      ...cardFields,
      checks: nothing,
      display_brand: nothing,
      generated_from: nothing,
      networks: nothing,
      three_d_secure_usage: nothing,
    }),
    created: time.default(0),
    customer: nothing,
    customer_account: nothing,
    livemode: z.literal(false).default(false),
    metadata: metadataSchema.default({}),
    type: z.literal('card'),
  }),
});
export type PaymentError = z.output<typeof paymentErrorSchema>;
export type PaymentMethod = PaymentError['payment_method'];
export const paymentMethodSchema = paymentErrorSchema.shape.payment_method;

export const intentSchema = z.object({
  id: z.string(),
  object: z.literal('payment_intent'),
  allowed_payment_method_types: z.array(z.string()).nullable(),
  amount: z.int(),
  amount_capturable: z.int(),
  amount_received: z.int(),
  application: nothing,
  application_fee_amount: nothing,
  automatic_payment_methods: nothing,
  canceled_at: time.nullable(),
  cancellation_reason: z.string().nullable(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']),
  client_secret: z.string(),
  confirmation_method: z.literal('automatic'),
  created: time,
  currency: z.string(),
  customer: nothing,
  customer_account: nothing,
  description: z.string().nullable(),
  excluded_payment_method_types: nothing,
  last_payment_error: paymentErrorSchema.nullable(),
  latest_charge: z.string().nullable(),
  livemode: z.literal(false),
  managed_payments: nothing,
  metadata: metadataSchema,
  next_action: z
    .object({ type: z.literal('use_stripe_sdk'), use_stripe_sdk: z.record(z.string(), z.string()) })
    .nullable(),
  on_behalf_of: nothing,
  payment_method: z.string().nullable(),
  payment_method_configuration_details: nothing,
  payment_method_options: nothing,
  payment_method_types: z.array(z.string()),
  processing: z
    .object({ type: z.literal('card'), card: z.object({}) })
    .nullable()
    .default(null),
  receipt_email: nothing,
  review: nothing,
  setup_future_usage: nothing,
  shipping: nothing,
  statement_descriptor: nothing,
  statement_descriptor_suffix: nothing,
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ]),
  transfer_data: nothing,
  transfer_group: nothing,
});
export type Intent = z.output<typeof intentSchema>;

export const chargeSchema = z.object({
  id: z.string(),
  object: z.literal('charge'),
  amount: z.int(),
  amount_captured: z.int(),
  amount_refunded: z.int(),
  application: nothing,
  application_fee: nothing,
  application_fee_amount: nothing,
  balance_transaction: reference,
  billing_details: billingDetailsSchema,
  calculated_statement_descriptor: nothing,
  captured: z.boolean(),
  created: time,
  currency: z.string(),
  customer: nothing,
  description: nothing,
  disputed: z.boolean(),
  failure_balance_transaction: nothing,
  failure_code: z.string().nullable(),
  failure_message: z.string().nullable(),
  fraud_details: nothing,
  livemode: z.literal(false),
  metadata: metadataSchema,
  on_behalf_of: nothing,
  outcome: nothing,
  paid: z.boolean(),
  payment_intent: z.string(),
  payment_method: z.string(),
  payment_method_details: z.object({
    type: z.literal('card'),
    card: z.object({
      ...cardFields,
      amount_authorized: z.int().nullable().default(null),
      authorization_code: nothing,
      /** When an authorization lapses that was not captured. */
      capture_before: time.optional(),
      checks: nothing,
      installments: nothing,
      mandate: nothing,
      network: z.string().nullable().default(null),
      network_token: nothing,
      network_transaction_id: nothing,
      three_d_secure: nothing,
      transaction_link_id: nothing,
    }),
  }),
  receipt_email: nothing,
  receipt_number: nothing,
  receipt_url: nothing,
  refunded: z.boolean(),
  review: nothing,
  shipping: nothing,
  source_transfer: nothing,
  statement_descriptor: nothing,
  statement_descriptor_suffix: nothing,
  status: z.enum(['succeeded', 'pending', 'failed']),
  transfer_data: nothing,
  transfer_group: nothing,
});
export type Charge = z.output<typeof chargeSchema>;

export const refundSchema = z.object({
  id: z.string(),
  object: z.literal('refund'),
  amount: z.int(),
  balance_transaction: reference,
  charge: z.string(),
  created: time,
  currency: z.string(),
  customer: nothing,
  customer_account: nothing,
  failure_balance_transaction: z.string().optional(),
  failure_reason: z.string().optional(),
  metadata: metadataSchema,
  payment_intent: z.string(),
  payment_method: nothing,
  pending_reason: z.enum(['charge_pending', 'insufficient_funds', 'processing']).optional(),
  reason: z.string().nullable(),
  receipt_number: nothing,
  source_transfer_reversal: nothing,
  status: z.enum(['pending', 'succeeded', 'failed', 'canceled', 'requires_action']),
  transfer_reversal: nothing,
});
export type Refund = z.output<typeof refundSchema>;
