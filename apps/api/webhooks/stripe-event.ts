import { z } from 'zod';

import type { PaymentEvent } from '#libs/store/payment-inbox.repository';

import { type Issue, faultsOf } from '../http/faults.js';
import { ProblemError } from '../http/problem-error.js';

/** The events that make us look at the provider. */
export const PAYMENT_EVENTS = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.amount_capturable_updated',
  'payment_intent.processing',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
] as const;
const KNOWN: readonly string[] = PAYMENT_EVENTS;

/** PostgreSQL holds no NUL in text, and an index row only so much. */
const name = z
  .string()
  .min(1)
  .max(255)
  .refine((value) => !value.includes('\0'), 'must not hold NUL');
/** The last second of the year 9999. */
const LATEST = 253_402_300_799;

/** What is read of an event; what happened is asked of the provider, so that the order of arrival is no matter. */
const StripeEvent = z.object({
  id: name,
  type: name,
  created: z.int().min(0).max(LATEST),
  livemode: z.boolean(),
  data: z.object({
    object: z.object({
      id: name.optional(),
      object: name.optional(),
      payment_intent: z.union([name, z.object({ id: name })]).nullish(),
    }),
  }),
});

/**
 * What a signed body of the payment provider says.
 *
 * @param isLive whether money is real here
 * @throws ProblemError when it cannot be read, or is of the other mode
 */
export function readStripeEvent(body: Buffer, isLive: boolean): PaymentEvent {
  const result = StripeEvent.safeParse(parseJson(body));
  if (!result.success) {
    const issues: readonly Issue[] = result.error.issues;
    throw new ProblemError('invalid_request', undefined, { errors: faultsOf(issues) });
  }
  const { id, type, created, livemode, data } = result.data;
  if (livemode !== isLive) throw new ProblemError('wrong_livemode');
  const intentId = intentOf(data.object);
  return {
    eventId: id,
    type,
    // A payment method or a customer is somebody's, whom nothing here would lead to when they are to be erased.
    objectId: intentId ?? id,
    occurredAt: new Date(created * 1_000),
    matters: KNOWN.includes(type) && intentId !== null,
  };
}

type Subject = z.output<typeof StripeEvent>['data']['object'];

/** The intent that an intent, a charge, a refund or a dispute belongs to. */
function intentOf({ id, object, payment_intent: intent }: Subject): string | null {
  if (object === 'payment_intent') return id ?? null;
  return (typeof intent === 'object' ? intent?.id : intent) ?? null;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ProblemError('malformed_body');
  }
}
