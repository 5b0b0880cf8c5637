import { randomBytes } from 'node:crypto';

import { z } from 'zod';

/** Stripe's objects in Stripe's own form: what is kept is what is answered (docs.stripe.com/api). */

const metadata = z.record(z.string(), z.string());
/** Epoch seconds. */
const time = z.int();

const cardErrorSchema = z.object({
  type: z.literal('card_error'),
  code: z.string(),
  decline_code: z.string().optional(),
  message: z.string(),
  charge: z.string(),
  doc_url: z.string(),
  payment_method: z.object({
    id: z.string(),
    object: z.literal('payment_method'),
    type: z.literal('card'),
    card: z.object({ brand: z.string(), last4: z.string() }),
  }),
});
export type CardError = z.infer<typeof cardErrorSchema>;

export const intentSchema = z.object({
  id: z.string(),
  object: z.literal('payment_intent'),
  allowed_payment_method_types: z.array(z.string()).nullable(),
  amount: z.int(),
  amount_capturable: z.int(),
  amount_received: z.int(),
  canceled_at: time.nullable(),
  cancellation_reason: z.string().nullable(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']),
  client_secret: z.string(),
  confirmation_method: z.literal('automatic'),
  created: time,
  currency: z.string(),
  customer: z.null(),
  description: z.string().nullable(),
  last_payment_error: cardErrorSchema.nullable(),
  latest_charge: z.string().nullable(),
  livemode: z.literal(false),
  metadata,
  next_action: z.object({ type: z.literal('use_stripe_sdk'), use_stripe_sdk: z.object({}) }).nullable(),
  payment_method: z.string().nullable(),
  payment_method_types: z.array(z.string()),
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ]),
});
export type Intent = z.infer<typeof intentSchema>;

export const chargeSchema = z.object({
  id: z.string(),
  object: z.literal('charge'),
  amount: z.int(),
  amount_captured: z.int(),
  amount_refunded: z.int(),
  captured: z.boolean(),
  created: time,
  currency: z.string(),
  disputed: z.literal(false),
  failure_code: z.string().nullable(),
  failure_message: z.string().nullable(),
  livemode: z.literal(false),
  metadata,
  paid: z.boolean(),
  payment_intent: z.string(),
  payment_method: z.string(),
  payment_method_details: z.object({
    type: z.literal('card'),
    card: z.object({ brand: z.string(), last4: z.string() }),
  }),
  refunded: z.boolean(),
  status: z.enum(['succeeded', 'pending', 'failed']),
});
export type Charge = z.infer<typeof chargeSchema>;

export const refundSchema = z.object({
  id: z.string(),
  object: z.literal('refund'),
  amount: z.int(),
  charge: z.string(),
  created: time,
  currency: z.string(),
  metadata,
  payment_intent: z.string(),
  reason: z.string().nullable(),
  status: z.enum(['pending', 'succeeded', 'failed', 'canceled', 'requires_action']),
});
export type Refund = z.infer<typeof refundSchema>;

export function newId(prefix: 'pi' | 'ch' | 're' | 'req'): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

export function epochSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
