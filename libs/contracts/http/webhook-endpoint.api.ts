import { z } from 'zod';

import { EVENT_TYPES } from '#libs/domain/events/event-types';
import { DELIVERY_STATES, WEBHOOK_FAILURES, type WebhookFailure } from '#libs/domain/webhooks/delivery';
import { DISABLED_REASONS } from '#libs/domain/webhooks/endpoint-health';
import { DELIVERED_TYPES, EVENT_PATTERNS } from '#libs/domain/webhooks/subscription';

import { oneOrMore } from './one-or-more.api.js';
import { pageSize } from './page-size.api.js';
import { text, token } from './text.api.js';
import { Uuid } from './uuid.api.js';

const time = z.iso.datetime();
const STATUSES = ['enabled', 'disabled'] as const;
const LONGEST_OVERLAP = 2_592_000;

const Url = token(2_000)
  .regex(/^https?:\/\/\S+$/, 'must be a URL, such as https://shop.example/order-events')
  .describe(
    'https, without user and fragment, and a host that is public; what else is allowed is a setting. Without personal data',
  );
const Events = z
  .array(z.enum(EVENT_PATTERNS))
  .min(1)
  .max(EVENT_PATTERNS.length)
  .describe(
    'Types of events, `order.*` for all of a subject, or `*` for all; those of later versions included',
  );
const Description = text(200).nullable().describe('For people; without personal data');

/** The body of `POST /webhook-endpoints`. */
export const CreateWebhookEndpoint = z
  .strictObject({ url: Url, events: Events, description: Description.default(null) })
  .meta({
    id: 'CreateWebhookEndpoint',
    examples: [
      {
        url: 'https://shop.example/order-events',
        events: ['order.*', 'refund.failed'],
        description: 'The shop',
      },
    ],
  });
export type CreateWebhookEndpoint = z.output<typeof CreateWebhookEndpoint>;

/** The body of `PATCH /webhook-endpoints/{id}`. */
export const ChangeWebhookEndpoint = z
  .strictObject({
    url: Url.optional(),
    events: Events.optional(),
    description: Description.optional(),
    status: z
      .enum(STATUSES)
      .optional()
      .describe('While it is `disabled` nothing is sent. What waited goes on once it is `enabled` again'),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .meta({
    id: 'ChangeWebhookEndpoint',
    minProperties: 1,
    examples: [{ status: 'enabled' }, { events: ['*'] }],
  });
export type ChangeWebhookEndpoint = z.output<typeof ChangeWebhookEndpoint>;

const ENDPOINT = {
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string().nullable(),
  status: z.enum(STATUSES),
  disabledReason: z
    .enum(DISABLED_REASONS)
    .nullable()
    .describe('`operator`; `failing`: nothing was delivered for days; `gone`: the receiver answered 410'),
  disabledAt: time.nullable(),
  failingSince: time.nullable().describe('The first attempt that failed since the last that delivered'),
  createdBy: z.string(),
  createdAt: time,
  updatedAt: time,
};

/** Where events are sent to. */
export const WebhookEndpointView = z.object(ENDPOINT).meta({ id: 'WebhookEndpoint' });
export type WebhookEndpointView = z.output<typeof WebhookEndpointView>;

/** A new endpoint, with its secret. */
export const CreatedWebhookEndpoint = z
  .object({
    ...ENDPOINT,
    secret: z
      .string()
      .nullable()
      .describe(
        'What the receiver verifies signatures with: shown this once, and null where the request is a repeat. Rotate it where the first answer was lost',
      ),
  })
  .meta({ id: 'CreatedWebhookEndpoint' });
export type CreatedWebhookEndpoint = z.output<typeof CreatedWebhookEndpoint>;

/** The body of `POST /webhook-endpoints/{id}/secret-rotation`. */
export const RotateWebhookSecret = z
  .strictObject({
    overlap: z
      .int()
      .min(0)
      .max(LONGEST_OVERLAP)
      .optional()
      .describe(
        'Seconds in which earlier secrets are still signed with; 0 where one became known to others. Left out, as WEBHOOK_SECRET_OVERLAP has it',
      ),
  })
  .meta({ id: 'RotateWebhookSecret', examples: [{}, { overlap: 0 }] });
export type RotateWebhookSecret = z.output<typeof RotateWebhookSecret>;

/** The query of `GET /webhook-endpoints`. */
export const ListWebhookEndpoints = z.strictObject({
  cursor: Uuid.optional().describe('`nextCursor` of the page before'),
  limit: pageSize(200, 50),
});
export type ListWebhookEndpoints = z.output<typeof ListWebhookEndpoints>;

export const WebhookEndpointList = z
  .object({
    data: z.array(WebhookEndpointView).describe('Newest first'),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'WebhookEndpointList' });
export type WebhookEndpointList = z.output<typeof WebhookEndpointList>;

/** What names an endpoint in an address. */
export const WebhookEndpointAddress = z.strictObject({ id: Uuid });
export type WebhookEndpointAddress = z.output<typeof WebhookEndpointAddress>;

const Attempt = z.object({
  number: z.int().min(1),
  at: time,
  duration: z.int().min(0).describe('Milliseconds'),
  status: z.int().nullable().describe('Of HTTP; null where there was no answer'),
  failure: z
    .enum(Object.keys(WEBHOOK_FAILURES) as WebhookFailure[])
    .nullable()
    .describe('Why it did not deliver'),
  answer: z
    .string()
    .nullable()
    .describe('The first 500 characters of what the receiver answered, without control characters'),
});

/** An event on its way to an endpoint. */
export const WebhookDeliveryView = z
  .object({
    id: z.uuid(),
    endpointId: z.uuid(),
    eventId: z.uuid().describe('`webhook-id` of every attempt'),
    type: z.enum(DELIVERED_TYPES),
    replayId: z.uuid().nullable().describe('The replay that it belongs to'),
    state: z.enum(DELIVERY_STATES).describe('`failed`: no attempt follows by itself'),
    attempts: z.int().min(0).describe('How many came to an end'),
    nextAttemptAt: time
      .nullable()
      .describe('At the earliest, and, during an attempt, in case its worker is gone'),
    createdAt: time,
    settledAt: time.nullable().describe('When it succeeded or failed'),
    history: z.array(Attempt).describe('The last 20 attempts, the oldest of them first'),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDeliveryView = z.output<typeof WebhookDeliveryView>;

/** The query of `GET /webhook-endpoints/{id}/deliveries`. */
export const ListWebhookDeliveries = z.strictObject({
  state: oneOrMore(DELIVERY_STATES).optional().describe('Any of these, the parameter repeated for several'),
  type: z.enum(DELIVERED_TYPES).optional(),
  cursor: Uuid.optional().describe('`nextCursor` of the page before'),
  limit: pageSize(200, 50),
});
export type ListWebhookDeliveries = z.output<typeof ListWebhookDeliveries>;

export const WebhookDeliveryList = z
  .object({
    data: z.array(WebhookDeliveryView).describe('Newest first'),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'WebhookDeliveryList' });
export type WebhookDeliveryList = z.output<typeof WebhookDeliveryList>;

/** What names a delivery in an address. */
export const WebhookDeliveryAddress = WebhookEndpointAddress.extend({ deliveryId: Uuid });
export type WebhookDeliveryAddress = z.output<typeof WebhookDeliveryAddress>;

const instant = z.iso.datetime({ offset: true }).max(40);

/** The body of `POST /webhook-endpoints/{id}/replays`. */
export const RequestWebhookReplay = z
  .strictObject({
    since: instant.describe('Events of this time and later'),
    until: instant.optional().describe('Events of this time and before; left out, up to now'),
    types: z
      .array(z.enum(EVENT_TYPES))
      .min(1)
      .max(EVENT_TYPES.length)
      .optional()
      .describe('Only these; left out, those that the endpoint subscribes to'),
  })
  .meta({
    id: 'RequestWebhookReplay',
    examples: [
      { since: '2026-01-01T08:00:00Z', until: '2026-01-01T12:00:00Z' },
      { since: '2026-01-01T08:00:00Z', types: ['order.confirmed'] },
    ],
  });
export type RequestWebhookReplay = z.output<typeof RequestWebhookReplay>;

/** A request to send events of some time once more. */
export const WebhookReplayView = z
  .object({
    id: z.uuid(),
    endpointId: z.uuid(),
    since: time,
    until: time,
    types: z.array(z.enum(EVENT_TYPES)).describe('Empty: those that the endpoint subscribes to'),
    deliveries: z.int().min(0).describe('How many were made so far'),
    requestedBy: z.string(),
    requestedAt: time,
    finishedAt: time.nullable().describe('When the last of them was made'),
  })
  .meta({ id: 'WebhookReplay' });
export type WebhookReplayView = z.output<typeof WebhookReplayView>;

/** What names a replay in an address. */
export const WebhookReplayAddress = WebhookEndpointAddress.extend({ replayId: Uuid });
export type WebhookReplayAddress = z.output<typeof WebhookReplayAddress>;
