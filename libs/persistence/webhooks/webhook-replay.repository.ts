// Raw SQL: a part of a replay and where it stands are written by one statement, so that no event is taken twice.
import type { EventType } from '#libs/domain/events/event-types';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { time } from '../orders/order-record.sql.js';
import { insertIdempotencyKey } from '../requests/idempotency-key.sql.js';
import { SUBSCRIBED } from './fan-out.sql.js';

/** A request to send events of some time once more. Times are RFC 3339. */
export interface WebhookReplay {
  readonly id: string;
  readonly endpointId: string;
  readonly since: string;
  readonly until: string;
  /** Empty where the endpoint's own decide. */
  readonly types: readonly EventType[];
  /** How many were made so far. */
  readonly deliveries: number;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly finishedAt: string | null;
}

export interface NewWebhookReplay {
  readonly id: string;
  readonly endpointId: string;
  readonly since: Date;
  readonly until: Date;
  readonly types: readonly EventType[];
  readonly requestedBy: string;
}

/** A replay goes on once fewer deliveries than this wait for its endpoint, so that new events need not wait long. */
const WAITING_AT_ONCE = 1_000;

/** The least id of an event of a time. Ids and times are taken one after the other, hence the margin. */
const firstId = (at: Prisma.Sql, margin: string) => Prisma.sql`
  (lpad(to_hex((EXTRACT(epoch FROM ${at} + ${margin}::interval) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;

const REPLAY = Prisma.sql`jsonb_build_object('id', r.id, 'endpointId', r.endpoint_id, 'since', ${time('r.since')},
  'until', ${time('r.until')}, 'types', r.types, 'deliveries', r.deliveries, 'requestedBy', r.requested_by,
  'requestedAt', ${time('r.requested_at')}, 'finishedAt', ${time('r.finished_at')}) AS replay`;

/** Replays of events to an endpoint. */
export class WebhookReplayRepository {
  constructor(private readonly db: Database) {}

  /** Stores a replay once for each request key. @returns whether this was the first request */
  async request(
    { id, endpointId, since, until, types, requestedBy }: NewWebhookReplay,
    request: ScopedIdempotencyKey,
  ): Promise<boolean> {
    const endpoint = Prisma.sql`(SELECT 1 FROM webhook_endpoint WHERE id = ${endpointId}::uuid) endpoint`;
    const [row] = await this.db.$queryRaw<{ isFirst: boolean }[]>`
      WITH asked AS (${insertIdempotencyKey(request, { resourceId: id, from: endpoint })}),
      made AS (
        INSERT INTO webhook_replay (id, endpoint_id, since, until, types, after, requested_by)
        SELECT ${id}::uuid, ${endpointId}::uuid, ${since}, LEAST(${until}, now()), ${[...types]}::text[],
          ${firstId(Prisma.sql`${since}::timestamptz`, '-1 second')}, ${requestedBy} FROM asked)
      SELECT EXISTS (SELECT 1 FROM asked) AS "isFirst"`;
    return row?.isFirst ?? false;
  }

  async find(endpointId: string, id: string): Promise<WebhookReplay | null> {
    const [row] = await this.db.$queryRaw<{ replay: WebhookReplay }[]>`
      SELECT ${REPLAY} FROM webhook_replay r WHERE r.id = ${id}::uuid AND r.endpoint_id = ${endpointId}::uuid`;
    return row?.replay ?? null;
  }

  /**
   * Goes on with the oldest replay that can, of an enabled endpoint that has not much waiting.
   *
   * @param limit how many events are looked at @returns how many deliveries were made; null where no replay goes on
   */
  async proceed(limit: number): Promise<number | null> {
    const [row] = await this.db.$queryRaw<{ made: number }[]>`
      WITH replay AS MATERIALIZED (
        SELECT r.id, r.endpoint_id, r.since, r.until, r.types, r.after, p.events
        FROM webhook_replay r JOIN webhook_endpoint p ON p.id = r.endpoint_id
        WHERE r.finished_at IS NULL AND p.status = 'enabled'
          AND (SELECT count(*) FROM (
            SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = r.endpoint_id AND d.due_at IS NOT NULL
            LIMIT ${WAITING_AT_ONCE}) w) < ${WAITING_AT_ONCE}
        ORDER BY r.requested_at LIMIT 1 FOR UPDATE OF r SKIP LOCKED),
      looked_at AS MATERIALIZED (
        SELECT v.id, v.type, v.time, v.sequence FROM outbox_event v
        WHERE v.id > (SELECT after FROM replay)
          AND v.id < (SELECT ${firstId(Prisma.sql`until`, '1 second')} FROM replay)
        ORDER BY v.id LIMIT ${limit}),
      made AS (
        INSERT INTO webhook_delivery (endpoint_id, event_id, type, replay_id)
        SELECT p.endpoint_id, e.id, e.type, p.id FROM replay p CROSS JOIN looked_at e
        WHERE e.sequence IS NOT NULL AND e.time BETWEEN p.since AND p.until
          AND CASE WHEN cardinality(p.types) = 0 THEN ${SUBSCRIBED} ELSE e.type = ANY(p.types) END
        RETURNING 1),
      counted AS (SELECT (SELECT count(*) FROM made)::int AS made),
      moved AS (
        UPDATE webhook_replay r SET deliveries = r.deliveries + c.made,
          after = COALESCE((SELECT id FROM looked_at ORDER BY id DESC LIMIT 1), r.after),
          finished_at = CASE WHEN (SELECT count(*) FROM looked_at) < ${limit} THEN now() END
        FROM counted c WHERE r.id = (SELECT id FROM replay))
      SELECT c.made FROM counted c, replay`;
    return row?.made ?? null;
  }
}
