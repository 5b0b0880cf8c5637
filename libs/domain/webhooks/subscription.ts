import { EVENT_TYPES, type EventType } from '../events/event-types.js';

/** The subjects of events: what is before the dot. */
const SUBJECTS = [...new Set(EVENT_TYPES.map((type) => type.split('.')[0] ?? ''))];

/** What an endpoint may subscribe to: a type, all types of a subject, or all; those that come later included. */
export const EVENT_PATTERNS: readonly string[] = [
  '*',
  ...SUBJECTS.map((subject) => `${subject}.*`),
  ...EVENT_TYPES,
];

/** The type of an event that an operator has sent to see whether it arrives. It is in no stream. */
export const TEST_EVENT = 'webhook.test';

export const DELIVERED_TYPES = [...EVENT_TYPES, TEST_EVENT] as const;
export type DeliveredType = EventType | typeof TEST_EVENT;
