import { z } from 'zod';

import { StripeProblem } from './stripe-problem.js';

/** Names of objects in the answer that are wanted whole (docs.stripe.com/expand). */
const expansion = { expand: z.array(z.string()).optional() };

/** Form fields are text; Stripe takes whole numbers written in digits. */
const integer = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
const positive = integer.refine((value) => value > 0);
const id = z.string().min(1);
const metadata = z.record(z.string().max(40), z.string().max(500)).default({});

/** What may be paid with is here always a card; version 2026-09-30 of the API renamed the parameter. */
const methodTypes = {
  payment_method_types: z.array(z.literal('card')).optional(),
  allowed_payment_method_types: z.array(z.literal('card')).optional(),
};

/** Taken, and of no consequence for a test card, which needs no page to return to. */
const withoutConsequence = {
  automatic_payment_methods: z.record(z.string(), z.string()).optional(),
  off_session: z.enum(['true', 'false']).optional(),
  receipt_email: z.string().optional(),
  return_url: z.string().optional(),
};

export const createIntentParameters = z.strictObject({
  amount: positive,
  currency: z
    .string()
    .length(3)
    .transform((code) => code.toLowerCase()),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).default('automatic_async'),
  confirm: z.enum(['true', 'false']).optional(),
  description: z.string().optional(),
  metadata,
  payment_method: id.optional(),
  ...methodTypes,
  ...withoutConsequence,
  ...expansion,
});
export type CreateIntent = z.infer<typeof createIntentParameters>;

export const confirmIntentParameters = z.strictObject({
  payment_method: id.optional(),
  ...methodTypes,
  ...withoutConsequence,
  ...expansion,
});

export const captureIntentParameters = z.strictObject({
  amount_to_capture: positive.optional(),
  ...expansion,
});

export const cancelIntentParameters = z.strictObject({
  cancellation_reason: z
    .enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'])
    .nullable()
    .default(null),
  ...expansion,
});

export const createRefundParameters = z
  .strictObject({
    amount: positive.optional(),
    charge: id.optional(),
    metadata,
    payment_intent: id.optional(),
    reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
    ...expansion,
  })
  .refine(({ charge, payment_intent }) => charge !== undefined || payment_intent !== undefined, {
    path: ['payment_intent'],
  });
export type CreateRefund = z.infer<typeof createRefundParameters>;

/** Epoch seconds. */
const timeRange = z.strictObject({
  gt: integer.optional(),
  gte: integer.optional(),
  lt: integer.optional(),
  lte: integer.optional(),
});
type TimeRange = z.infer<typeof timeRange>;
const paging = {
  limit: integer.refine((value) => value >= 1 && value <= 100).default(10),
  starting_after: id.optional(),
  ending_before: id.optional(),
  created: z.union([integer.transform((at): TimeRange => ({ gte: at, lte: at })), timeRange]).optional(),
};
export const retrieveParameters = z.strictObject(expansion);
const listParameters = z.strictObject({ ...paging, ...expansion });
export type Paging = z.output<typeof listParameters>;
export const listIntentsParameters = listParameters;
export const listChargesParameters = listParameters.extend({ payment_intent: id.optional() });
export const listOfIntentParameters = listChargesParameters.extend({ charge: id.optional() });
export const listBalanceTransactionsParameters = listParameters.extend({
  currency: id.optional(),
  source: id.optional(),
  type: id.optional(),
});
export const listEventsParameters = listParameters.extend({
  type: id.optional(),
  types: z.array(id).optional(),
});

/** Reads the parameters of a call. @throws StripeProblem about the first that is wrong */
export function read<S extends z.ZodType>(schema: S, sent: unknown): z.output<S> {
  const given: unknown = sent ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const param = issue.keys[0] ?? '';
    throw new StripeProblem('parameter_unknown', `Received unknown parameter: ${param}`, { param });
  }
  const [head, ...rest] = (issue?.path ?? []).map(String);
  const param = `${head ?? ''}${rest.map((part) => `[${part}]`).join('')}`;
  const missing = typeof given === 'object' && given !== null && head !== undefined && !(head in given);
  if (missing) throw new StripeProblem('parameter_missing', `Missing required param: ${param}.`, { param });
  if (INTEGERS.has(param)) {
    throw new StripeProblem('parameter_invalid_integer', 'Invalid positive integer', { param });
  }
  throw new StripeProblem('parameter_invalid', `Invalid ${param}`, { param });
}

const INTEGERS: ReadonlySet<string> = new Set(['amount', 'amount_to_capture', 'limit']);
