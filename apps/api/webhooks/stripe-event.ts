import { createHash } from 'node:crypto';

import { AnyStripeEvent, PaymentEvent as PaymentEventBody } from '#libs/contracts/http/payment-event.api';
import type { PaymentEvent } from '#libs/persistence/payments/payment-inbox.repository';

import { check, parseJson } from '../platform/requests/json.js';
import { ProblemError } from '../platform/problems/problem-error.js';

/** The events that request a payment sync. */
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
 * Parses an event of the payment provider. One of an unknown type is stored and changes nothing, whatever its form:
 * thin events (docs.stripe.com/event-destinations) have another one.
 *
 * @param isLive whether the provider's key is a live one
 * @throws ProblemError when an event of a known type is invalid, or the event is of the other mode
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
    // The id of a payment method or customer is personal data, which an erasure would not find here.
    objectId: intentId ?? id,
    occurredAt: new Date(created * 1_000),
    matters: isKnown && intentId !== null,
  };
}

/** An event that changes nothing. One without a usable id is identified by a hash of its body. */
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
