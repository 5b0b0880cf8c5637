import Stripe from 'stripe';
import { z } from 'zod';

import { epochSeconds, newId, time } from './stripe-object.js';

/** The events the product listens for, and what they are about. */
export const EVENT_TYPES = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.amount_capturable_updated',
  'payment_intent.processing',
  'payment_intent.requires_action',
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
export type EventType = (typeof EVENT_TYPES)[number];

/** What happened to an object, with the object as it was then (docs.stripe.com/api/events). */
export const eventSchema = z.object({
  id: z.string(),
  object: z.literal('event'),
  api_version: z.string(),
  created: time,
  data: z.object({ object: z.looseObject({ id: z.string() }) }),
  livemode: z.literal(false),
  /** How many receivers have not accepted it yet. */
  pending_webhooks: z.int(),
  request: z.object({ id: z.null(), idempotency_key: z.null() }),
  type: z.enum(EVENT_TYPES),
});
export type Event = z.output<typeof eventSchema>;

/** An event, and how often its webhooks were accepted and given up. */
export const storedEventSchema = z.object({
  id: z.string(),
  event: eventSchema,
  accepted: z.int(),
  givenUp: z.int(),
});

/** The event does not name the call that caused it, as events of Stripe's own actions do not. */
export function newEvent(type: EventType, object: { id: string }): Event {
  return {
    id: newId('evt'),
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: epochSeconds(),
    data: { object: { ...object } },
    livemode: false,
    pending_webhooks: 0,
    request: { id: null, idempotency_key: null },
    type,
  };
}

/** A delivery that has not been accepted yet; an event may have several, as Stripe sends some twice. */
export const eventDeliverySchema = z.object({
  id: z.string(),
  eventId: z.string(),
  /** Deliveries about the same leave one after the other. */
  subject: z.string(),
  attempts: z.int(),
  /** Epoch milliseconds. */
  firstTryAt: z.number(),
  nextTryAt: z.number(),
});
export type EventDelivery = z.output<typeof eventDeliverySchema>;
