import { EVENTS, type EventType } from '#libs/domain/events/event-types';
import type { ToldEvent } from '#libs/domain/events/events-of';

import { Prisma } from '../generated/client.js';

/** Events as a query with `type` and `about`, in their order. */
export const eventRows = (events: readonly ToldEvent[]) => Prisma.sql`
  SELECT type, about FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS t (type text, about jsonb)`;

/** An event for each row of `rows`, whose columns are what the event names. */
export const eventOfEach = (type: EventType, rows: Prisma.Sql) => Prisma.sql`
  SELECT ${type}::text AS type, jsonb_build_object(${EVENTS[type].about}::text, jsonb_strip_nulls(to_jsonb(r))) AS about FROM ${rows} r`;

/** Those columns of an attention. */
export const ATTENTION_TOLD = Prisma.sql`attention.id, attention.kind, attention.step`;

/**
 * Writes events to be told. They are put in the stream once this has committed.
 *
 * @param orders the changed order, with `id`, `version` and its states; or several
 * @param events a query with `type` and `about`
 */
export const insertEvents = (orders: Prisma.Sql, events: Prisma.Sql) => Prisma.sql`
  INSERT INTO outbox_event (order_id, type, data)
  SELECT o.id, e.type, jsonb_build_object('order', jsonb_build_object('id', o.id, 'version', o.version,
    'status', o.status, 'payment', o.payment, 'fulfilment', o.fulfilment)) || e.about
  FROM ${orders} o CROSS JOIN (${events}) e`;
