// Raw SQL: deliveries are taken, settled and repeated by one statement each, so that a kill leaves none half done.
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';
import type { AttemptOutcome, DeliveryState, WebhookFailure } from '#libs/domain/webhooks/delivery';
import { FAILURES_BEFORE_PROBES, type Setback } from '#libs/domain/webhooks/endpoint-health';
import { type DeliveredType, TEST_EVENT } from '#libs/domain/webhooks/subscription';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { time } from '../orders/order-record.sql.js';
import { firstRequestOnly } from '../requests/idempotency-key.sql.js';
import { DELIVERY, PAYLOAD } from './webhook-delivery.sql.js';

/** An attempt as it ended. */
export interface WebhookAttempt {
  readonly number: number;
  readonly at: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly status: number | null;
  readonly failure: WebhookFailure | null;
  readonly answer: string | null;
}

/** An event that is sent to an endpoint. Times are RFC 3339. */
export interface WebhookDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: DeliveredType;
  readonly replayId: string | null;
  readonly state: DeliveryState;
  /** How many were made. */
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly settledAt: string | null;
  /** The last attempts, the oldest of them first. */
  readonly history: readonly WebhookAttempt[];
}

/** What is sent: an event of the stream, or a test event, which has no place in it. */
export interface WebhookPayload {
  readonly id: string;
  readonly sequence?: number;
  readonly type: DeliveredType;
  readonly time: string;
  readonly data: object;
}

/** A delivery that this process has for a while. */
export interface TakenDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  /** What tells this attempt from a later one, of another process. */
  readonly fence: number;
  /** How many attempts were made before, since it was last asked for. */
  readonly tries: number;
  readonly isReplayed: boolean;
  readonly url: string;
  /** Encrypted, the newest first. */
  readonly secrets: readonly string[];
  /** Null where the event is not kept any more. */
  readonly payload: WebhookPayload | null;
  /** Attempts of the endpoint that failed since its last success, and milliseconds since the first of them. */
  readonly failures: number;
  readonly failingFor: number;
}

/** How many are taken, and for how long. */
export interface Take {
  /** How many at the most. */
  readonly limit: number;
  /** How many of an endpoint may be in flight, in all processes together. */
  readonly perEndpoint: number;
  /** Milliseconds until another process may take over. */
  readonly lease: number;
}

export interface AttemptRecord extends Pick<AttemptOutcome, 'failure' | 'status'> {
  readonly at: Date;
  readonly duration: number;
  readonly answer: string | null;
  /** Milliseconds until the next attempt; null where none follows. */
  readonly pause: number | null;
  /** What it means for the endpoint; null where it was delivered, or the receiver was not asked. */
  readonly setback: Setback | null;
}

/** An attempt that has ended, of a delivery that this process has taken. */
export interface EndedAttempt extends AttemptRecord {
  readonly taken: Pick<TakenDelivery, 'id' | 'fence'>;
}

/** What was written of an attempt. */
export interface SettledDelivery {
  readonly id: string;
  /** Whether the endpoint was disabled by it. */
  readonly disabled: boolean;
}

export interface DeliveryFilter {
  readonly states: readonly DeliveryState[];
  readonly type?: DeliveredType | undefined;
  /** Only deliveries before this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

interface Row {
  readonly delivery: WebhookDelivery;
}

/** What is sent to endpoints. Any worker sends, at least once: one that is killed has its deliveries taken over. */
export class WebhookDeliveryRepository {
  constructor(private readonly db: Database) {}

  /**
   * Takes what is due, of endpoints with the fewest in flight first. An endpoint that only fails has one in flight.
   * A process that counted what is in flight before another one took some takes nothing of that endpoint: it sees
   * that `takes` has grown.
   *
   * What is in flight is looked for in the order of its index, which passes over what was in flight and is not vacuumed.
   */
  async take({ limit, perEndpoint, lease }: Take): Promise<TakenDelivery[]> {
    const allowed = Prisma.sql`CASE WHEN e.failures >= ${FAILURES_BEFORE_PROBES} THEN 1 ELSE ${perEndpoint}::int END`;
    return this.db.$queryRaw<TakenDelivery[]>(Prisma.sql`
      WITH free AS MATERIALIZED (
        SELECT e.id, b.busy, ${allowed} - b.busy AS room
        FROM webhook_endpoint e JOIN webhook_endpoint seen ON seen.id = e.id AND seen.takes = e.takes
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS busy FROM (
            SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = seen.id AND d.leased_until > now()
            ORDER BY d.leased_until LIMIT ${perEndpoint}) d) b
        CROSS JOIN LATERAL (
          SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = seen.id AND d.due_at <= now()
          ORDER BY d.due_at LIMIT 1) w
        WHERE e.status = 'enabled' AND (e.resumes_at IS NULL OR e.resumes_at <= now()) AND b.busy < ${allowed}
        FOR NO KEY UPDATE OF e SKIP LOCKED),
      due AS MATERIALIZED (
        SELECT f.id AS endpoint_id, f.busy, d.id, d.due_at FROM free f CROSS JOIN LATERAL (
          SELECT d.id, d.due_at FROM webhook_delivery d WHERE d.endpoint_id = f.id AND d.due_at <= now()
          ORDER BY d.due_at LIMIT LEAST(f.room, ${limit}::int) FOR UPDATE SKIP LOCKED) d),
      chosen AS (
        SELECT id, endpoint_id FROM (
          SELECT *, busy + row_number() OVER (PARTITION BY endpoint_id ORDER BY due_at) AS place FROM due) d
        ORDER BY place LIMIT ${limit}),
      taken AS (
        UPDATE webhook_delivery d SET fence = d.fence + 1,
          leased_until = now() + ${lease} * interval '1 millisecond', due_at = now() + ${lease} * interval '1 millisecond'
        FROM chosen c WHERE d.id = c.id RETURNING d.*),
      noted AS (
        UPDATE webhook_endpoint e SET takes = e.takes + 1 WHERE e.id IN (SELECT endpoint_id FROM chosen))
      SELECT d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.fence, d.tries,
        d.replay_id IS NOT NULL OR d.attempts <> d.tries AS "isReplayed", e.url, e.failures,
        COALESCE(EXTRACT(epoch FROM now() - e.failing_since) * 1000, 0)::float8 AS "failingFor",
        ARRAY(SELECT s.sealed FROM webhook_secret s
          WHERE s.endpoint_id = e.id AND (s.expires_at IS NULL OR s.expires_at > now())
          ORDER BY s.created_at DESC, s.id DESC) AS secrets,
        ${PAYLOAD} AS payload
      FROM taken d JOIN webhook_endpoint e ON e.id = d.endpoint_id`);
  }

  /**
   * Writes how attempts ended, and what follows for their endpoints, in the order in which they ended.
   *
   * @returns those that no other process has taken meanwhile
   */
  async settle(ended: readonly EndedAttempt[]): Promise<SettledDelivery[]> {
    const outcomes = ended.map(({ taken, failure, pause, setback, ...attempt }, position) => ({
      ...taken,
      ...attempt,
      position,
      failure,
      state: failure === null ? 'succeeded' : pause === null ? 'failed' : 'waiting',
      pause,
      rests: setback && setback.pause,
      disables: setback && setback.disables,
      succeeded: failure === null,
      counts: setback !== null,
    }));
    return this.db.$queryRaw<SettledDelivery[]>(Prisma.sql`
      WITH outcome AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb) AS o (id uuid, fence int, position int,
          state text, pause float8, at timestamptz, duration int, status int, failure text, answer text,
          rests float8, disables text, succeeded boolean, counts boolean)
        WHERE ${BY_KEY}),
      settled AS (
        UPDATE webhook_delivery d SET state = o.state, attempts = d.attempts + 1, tries = d.tries + 1,
          leased_until = NULL, due_at = now() + o.pause * interval '1 millisecond',
          settled_at = CASE WHEN o.state <> 'waiting' THEN now() END
        FROM outcome o WHERE d.id = o.id AND d.fence = o.fence AND d.leased_until IS NOT NULL
        RETURNING d.id, d.attempts, d.endpoint_id, o.position, o.rests, o.disables, o.succeeded, o.counts),
      attempt AS (
        INSERT INTO webhook_attempt (delivery_id, number, at, duration, status, failure, answer)
        SELECT s.id, s.attempts, o.at, o.duration, o.status, o.failure, o.answer
        FROM settled s JOIN outcome o ON o.id = s.id AND o.position = s.position),
      ${AFTER_ATTEMPTS}
      SELECT s.id, COALESCE(s.disables IS NOT NULL AND c.was_enabled AND c.status = 'disabled', false) AS disabled
      FROM settled s LEFT JOIN changed c ON c.id = s.endpoint_id`);
  }

  /** Gives back what was taken and not tried to its end, as when a process stops. */
  async release(taken: readonly Pick<TakenDelivery, 'id' | 'fence'>[]): Promise<void> {
    if (taken.length === 0) return;
    await this.db.$executeRaw`
      UPDATE webhook_delivery d SET leased_until = NULL, due_at = now()
      FROM jsonb_to_recordset(${JSON.stringify(taken.map(({ id, fence }) => ({ id, fence })))}::jsonb) AS t (id uuid, fence int)
      WHERE d.id = t.id AND d.fence = t.fence AND d.leased_until IS NOT NULL`;
  }

  async find(endpointId: string, id: string): Promise<WebhookDelivery | null> {
    const [row] = await this.db.$queryRaw<Row[]>`
      SELECT ${DELIVERY} FROM webhook_delivery d WHERE d.id = ${id}::uuid AND d.endpoint_id = ${endpointId}::uuid`;
    return row?.delivery ?? null;
  }

  /** The newest first. */
  async list(endpointId: string, { states, type, after, limit }: DeliveryFilter): Promise<WebhookDelivery[]> {
    const ofType = type === undefined ? Prisma.empty : Prisma.sql`AND d.type = ${type}`;
    const before = after === undefined ? Prisma.empty : Prisma.sql`AND d.id < ${after}::uuid`;
    // By each state, as the index is.
    const rows = await this.db.$queryRaw<Row[]>(Prisma.sql`
      SELECT ${DELIVERY} FROM (
        SELECT d.* FROM unnest(${[...states]}::text[]) AS s (state) CROSS JOIN LATERAL (
          SELECT d.* FROM webhook_delivery d
          WHERE d.endpoint_id = ${endpointId}::uuid AND d.state = s.state ${before} ${ofType}
          ORDER BY d.id DESC LIMIT ${limit}) d
        ORDER BY d.id DESC LIMIT ${limit}) d
      ORDER BY d.id DESC`);
    return rows.map(({ delivery }) => delivery);
  }

  /**
   * Has a delivery tried at once, with all attempts of the schedule before it; once for each request key. The endpoint is
   * not paused any more.
   *
   * @returns false where the key was used already
   */
  async redeliver(endpointId: string, id: string, request: ScopedIdempotencyKey | null): Promise<boolean> {
    const { asked, first } = firstRequestOnly(request, { resourceId: id, from: Prisma.sql`(SELECT 1) one` });
    const parts = [
      ...asked,
      Prisma.sql`again AS (
        UPDATE webhook_delivery SET state = 'waiting', tries = 0, due_at = now(), settled_at = NULL
        WHERE id = ${id}::uuid AND leased_until IS NULL AND ${first})`,
      Prisma.sql`resumed AS (${resumed(endpointId, first)})`,
    ];
    const [row] = await this.db.$queryRaw<{ isFirst: boolean }[]>`
      WITH ${Prisma.join(parts)} SELECT ${first} AS "isFirst"`;
    return row?.isFirst ?? false;
  }

  /** Stores a test event to be sent at once; once for each request key. @returns false where the key was used already */
  async test(
    endpointId: string,
    { id, eventId }: { readonly id: string; readonly eventId: string },
    request: ScopedIdempotencyKey | null,
  ): Promise<boolean> {
    const { asked, first } = firstRequestOnly(request, { resourceId: id, from: Prisma.sql`(SELECT 1) one` });
    const payload = Prisma.sql`jsonb_build_object('id', ${eventId}::uuid, 'type', ${TEST_EVENT}::text,
      'time', ${time('now()')}, 'data', jsonb_build_object('endpoint', jsonb_build_object('id', ${endpointId}::uuid)))`;
    const parts = [
      ...asked,
      Prisma.sql`made AS (
        INSERT INTO webhook_delivery (id, endpoint_id, event_id, type, payload)
        SELECT ${id}::uuid, ${endpointId}::uuid, ${eventId}::uuid, ${TEST_EVENT}, ${payload} WHERE ${first})`,
      Prisma.sql`resumed AS (${resumed(endpointId, first)})`,
    ];
    const [row] = await this.db.$queryRaw<{ isFirst: boolean }[]>`
      WITH ${Prisma.join(parts)} SELECT ${first} AS "isFirst"`;
    return row?.isFirst ?? false;
  }
}

/**
 * Always true. The planner takes it to be seldom so, expects one outcome, and looks deliveries up by their keys: also in
 * a plan that a connection has kept since the table was empty.
 */
const BY_KEY = Prisma.sql`o.position + 0 = o.position`;

const resumed = (endpointId: string, first: Prisma.Sql) => Prisma.sql`
  UPDATE webhook_endpoint SET resumes_at = NULL
  WHERE id = ${endpointId}::uuid AND resumes_at IS NOT NULL AND ${first}`;

/** Endpoints are locked by their ids, so that two processes wait for each other in one direction alone. */
const AFTER_ATTEMPTS = Prisma.sql`
  told AS (
    SELECT s.endpoint_id, s.rests, s.disables, s.counts,
      s.position > COALESCE(max(s.position) FILTER (WHERE s.succeeded) OVER by_endpoint, -1) AS is_last,
      bool_or(s.succeeded) OVER by_endpoint AS has_succeeded
    FROM settled s WHERE s.succeeded OR s.counts WINDOW by_endpoint AS (PARTITION BY s.endpoint_id)),
  health AS (
    SELECT endpoint_id, bool_or(has_succeeded) AS has_succeeded, count(*) FILTER (WHERE counts AND is_last)::int AS failures,
      max(rests) FILTER (WHERE is_last AND rests > 0) AS rests, max(disables) AS disables
    FROM told GROUP BY endpoint_id),
  locked AS (
    SELECT e.id FROM webhook_endpoint e JOIN health h ON h.endpoint_id = e.id
    WHERE h.failures > 0 OR h.disables IS NOT NULL OR e.failing_since IS NOT NULL
    ORDER BY e.id FOR NO KEY UPDATE OF e),
  changed AS (
    UPDATE webhook_endpoint e SET
      failures = CASE WHEN h.has_succeeded THEN 0 ELSE e.failures END + h.failures,
      failing_since = CASE WHEN h.failures = 0 THEN NULL
        WHEN h.has_succeeded THEN now() ELSE COALESCE(e.failing_since, now()) END,
      resumes_at = GREATEST(CASE WHEN h.has_succeeded THEN NULL ELSE e.resumes_at END,
        now() + h.rests * interval '1 millisecond'),
      status = CASE WHEN h.disables IS NULL THEN e.status ELSE 'disabled' END,
      disabled_reason = CASE WHEN h.disables IS NULL THEN e.disabled_reason
        ELSE COALESCE(e.disabled_reason, h.disables) END,
      disabled_at = CASE WHEN h.disables IS NULL THEN e.disabled_at ELSE COALESCE(e.disabled_at, now()) END
    FROM health h JOIN locked l ON l.id = h.endpoint_id WHERE e.id = h.endpoint_id
    RETURNING e.id, old.status = 'enabled' AS was_enabled, new.status)`;
