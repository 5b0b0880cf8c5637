import { Prisma } from '../generated/client.js';
import { time } from '../orders/order-record.sql.js';

/** How many attempts of a delivery are shown, the last ones. */
const SHOWN_ATTEMPTS = 20;

/** A delivery `d` as it is shown. */
export const DELIVERY = Prisma.sql`jsonb_build_object(
  'id', d.id, 'endpointId', d.endpoint_id, 'eventId', d.event_id, 'type', d.type, 'replayId', d.replay_id,
  'state', d.state, 'attempts', d.attempts, 'nextAttemptAt', ${time('d.due_at')},
  'createdAt', ${time('d.created_at')}, 'settledAt', ${time('d.settled_at')},
  'history', COALESCE((
    SELECT jsonb_agg(jsonb_build_object('number', a.number, 'at', ${time('a.at')}, 'duration', a.duration,
      'status', a.status, 'failure', a.failure, 'answer', a.answer) ORDER BY a.number)
    FROM (SELECT * FROM webhook_attempt a WHERE a.delivery_id = d.id ORDER BY a.number DESC LIMIT ${SHOWN_ATTEMPTS}) a),
    '[]'::jsonb)) AS delivery`;

/** What is sent: the event as the stream tells it, or the test event; null where the event was removed. */
export const PAYLOAD = Prisma.sql`COALESCE(d.payload, (
  SELECT jsonb_build_object('id', v.id, 'sequence', v.sequence, 'type', v.type, 'time', ${time('v.time')}, 'data', v.data)
  FROM outbox_event v WHERE v.id = d.event_id))`;
