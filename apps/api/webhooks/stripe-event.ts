import { createHash } from 'node:crypto';

import { AnyStripeEvent, PaymentEvent as PaymentEventBody } from '#libs/contracts/http/payment-event.api';
import type { PaymentEvent } from '#libs/persistence/payments/payment-inbox.repository';

import { check, parseJson } from '../platform/requests/json.js';
import { ProblemError } from '../platform/problems/problem-error.js';

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

/**
 * What a signed body of the payment provider says. One that is not known here is kept, and changes nothing, in
 * whatever form it comes: thin events (docs.stripe.com/event-destinations) have another.
 *
 * @param isLive whether money is real here
 * @throws ProblemError when it is of a type that matters and cannot be read, or is of the other mode
 */
export function readStripeEvent(body: Buffer, isLive: boolean): PaymentEvent {
  const json = parseJson(body);
  const any = AnyStripeEvent.safeParse(json).data ?? AnyStripeEvent.parse({});
  if (any.livemode === !isLive) throw new ProblemError('wrong_livemode');
  const isKnown = KNOWN.includes(any.type);
  const read = PaymentEventBody.safeParse(json);
  if (!isKnown && !read.success) return unknownEvent(any, body);
  const { id, type, created, data } = check(PaymentEventBody, json);
  const intentId = intentOf(data.object);
  return {
    eventId: id,
    type,
    // A payment method or a customer is somebody's, whom nothing here would lead to when they are to be erased.
    objectId: intentId ?? id,
    occurredAt: new Date(created * 1_000),
    matters: isKnown && intentId !== null,
  };
}

/** An event that nothing is done about. One without an id that can be kept is known by what it says. */
function unknownEvent({ id, type, created }: AnyStripeEvent, body: Buffer): PaymentEvent {
  const eventId = id ?? `sha256:${createHash('sha256').update(body).digest('hex')}`;
  return { eventId, type, objectId: eventId, occurredAt: created ?? new Date(), matters: false };
}

type Subject = PaymentEventBody['data']['object'];

/** The intent that an intent, a charge, a refund or a dispute belongs to. */
function intentOf({ id, object, payment_intent: intent }: Subject): string | null {
  if (object === 'payment_intent') return id ?? null;
  return (typeof intent === 'object' ? intent?.id : intent) ?? null;
}
