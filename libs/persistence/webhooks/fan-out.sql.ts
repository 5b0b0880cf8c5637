import { Prisma } from '../generated/client.js';

/** Whether an endpoint `p` is subscribed to the type of an event `e`. */
export const SUBSCRIBED = Prisma.sql`
  p.events && ARRAY['*', split_part(e.type, '.', 1) || '.*', e.type]`;

/** Inserts a delivery of each of `events`, with `id` and `type`, to each endpoint that is subscribed to it. */
export const fanOut = (events: Prisma.Sql) => Prisma.sql`
  INSERT INTO webhook_delivery (endpoint_id, event_id, type)
  SELECT p.id, e.id, e.type FROM ${events} e JOIN webhook_endpoint p ON p.status = 'enabled' AND ${SUBSCRIBED}`;
