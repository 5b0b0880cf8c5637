// Raw SQL: an endpoint, its secret and the key of its request are written by one statement.
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';
import type { DisabledReason } from '#libs/domain/webhooks/endpoint-health';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { insertIdempotencyKey } from '../requests/idempotency-key.sql.js';
import { time } from '../orders/order-record.sql.js';

/** Where events are sent to. Times are RFC 3339. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly status: 'enabled' | 'disabled';
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: string | null;
  /** The first failure since the last success. */
  readonly failingSince: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type NewWebhookEndpoint = Pick<
  WebhookEndpoint,
  'id' | 'url' | 'events' | 'description' | 'createdBy'
> & {
  /** Encrypted. */
  readonly sealedSecret: string;
};

export type WebhookEndpointChange = Partial<
  Pick<WebhookEndpoint, 'url' | 'events' | 'description' | 'status'>
>;

interface Row {
  readonly endpoint: WebhookEndpoint;
}

/** How many secrets an endpoint is signed with at the most, the newest. */
const SECRETS_AT_ONCE = 5;

const ENDPOINT = Prisma.sql`jsonb_build_object('id', e.id, 'url', e.url, 'events', e.events, 'description', e.description,
  'status', e.status, 'disabledReason', e.disabled_reason, 'disabledAt', ${time('e.disabled_at')},
  'failingSince', ${time('e.failing_since')}, 'createdBy', e.created_by, 'createdAt', ${time('e.created_at')},
  'updatedAt', ${time('e.updated_at')}) AS endpoint`;

/** Endpoints and their secrets. */
export class WebhookEndpointRepository {
  constructor(private readonly db: Database) {}

  /** Stores an endpoint once for each request key. @returns whether this was the first request */
  async create(
    { id, url, events, description, createdBy, sealedSecret }: NewWebhookEndpoint,
    request: ScopedIdempotencyKey,
  ): Promise<boolean> {
    const [row] = await this.db.$queryRaw<{ isFirst: boolean }[]>`
      WITH asked AS (${insertIdempotencyKey(request, { resourceId: id, from: Prisma.sql`(SELECT 1) one` })}),
      made AS (
        INSERT INTO webhook_endpoint (id, url, events, description, created_by)
        SELECT ${id}::uuid, ${url}, ${[...events]}::text[], ${description}, ${createdBy} FROM asked),
      secret AS (
        INSERT INTO webhook_secret (endpoint_id, sealed) SELECT ${id}::uuid, ${sealedSecret} FROM asked)
      SELECT EXISTS (SELECT 1 FROM asked) AS "isFirst"`;
    return row?.isFirst ?? false;
  }

  async find(id: string): Promise<WebhookEndpoint | null> {
    const [row] = await this.db.$queryRaw<Row[]>`
      SELECT ${ENDPOINT} FROM webhook_endpoint e WHERE e.id = ${id}::uuid`;
    return row?.endpoint ?? null;
  }

  /** The newest first. */
  async list({ after, limit }: { after?: string | undefined; limit: number }): Promise<WebhookEndpoint[]> {
    const before = after === undefined ? Prisma.empty : Prisma.sql`WHERE e.id < ${after}::uuid`;
    const rows = await this.db.$queryRaw<Row[]>`
      SELECT ${ENDPOINT} FROM webhook_endpoint e ${before} ORDER BY e.id DESC LIMIT ${limit}`;
    return rows.map(({ endpoint }) => endpoint);
  }

  /** Enabled again, it begins as one that never failed, and what waited goes on. @returns null where there is none */
  async change(
    id: string,
    { url, events, description, status }: WebhookEndpointChange,
  ): Promise<WebhookEndpoint | null> {
    const sets = [
      Prisma.sql`updated_at = now()`,
      ...(url === undefined ? [] : [Prisma.sql`url = ${url}`]),
      ...(events === undefined ? [] : [Prisma.sql`events = ${[...events]}::text[]`]),
      ...(description === undefined ? [] : [Prisma.sql`description = ${description}`]),
      ...(status === 'enabled' ? [ENABLED] : []),
      ...(status === 'disabled' ? [DISABLED_BY_OPERATOR] : []),
    ];
    const [row] = await this.db.$queryRaw<Row[]>`
      UPDATE webhook_endpoint e SET ${Prisma.join(sets)} WHERE e.id = ${id}::uuid RETURNING ${ENDPOINT}`;
    return row?.endpoint ?? null;
  }

  /** Removes it with its secrets; what waits for it is not sent any more. @returns whether there was one */
  async remove(id: string): Promise<boolean> {
    return (await this.db.$executeRaw`DELETE FROM webhook_endpoint WHERE id = ${id}::uuid`) > 0;
  }

  /**
   * Adds a secret once for each request key; those before it stay for a while. The oldest of too many go.
   *
   * @param overlap milliseconds for which the earlier ones are still signed with
   * @returns whether this was the first request; null where there is no such endpoint
   */
  async rotate(
    id: string,
    { sealedSecret, overlap }: { readonly sealedSecret: string; readonly overlap: number },
    request: ScopedIdempotencyKey,
  ): Promise<boolean | null> {
    const [row] = await this.db.$queryRaw<{ isThere: boolean; isFirst: boolean }[]>`
      WITH endpoint AS (SELECT id FROM webhook_endpoint WHERE id = ${id}::uuid FOR UPDATE),
      asked AS (${insertIdempotencyKey(request, { resourceId: id, from: Prisma.sql`endpoint` })}),
      ranked AS (
        SELECT s.id, row_number() OVER (ORDER BY s.created_at DESC, s.id DESC) AS place FROM webhook_secret s, asked
        WHERE s.endpoint_id = ${id}::uuid AND (s.expires_at IS NULL OR s.expires_at > now())),
      ended AS (
        UPDATE webhook_secret s SET expires_at =
          LEAST(COALESCE(s.expires_at, 'infinity'), now() + ${overlap} * interval '1 millisecond')
        FROM ranked r WHERE s.id = r.id AND r.place < ${SECRETS_AT_ONCE}),
      removed AS (
        DELETE FROM webhook_secret s USING asked
        WHERE s.endpoint_id = ${id}::uuid
          AND (s.expires_at <= now() OR s.id IN (SELECT r.id FROM ranked r WHERE r.place >= ${SECRETS_AT_ONCE}))),
      made AS (INSERT INTO webhook_secret (endpoint_id, sealed) SELECT ${id}::uuid, ${sealedSecret} FROM asked)
      SELECT EXISTS (SELECT 1 FROM endpoint) AS "isThere", EXISTS (SELECT 1 FROM asked) AS "isFirst"`;
    if (!row?.isThere) return null;
    return row.isFirst;
  }

  /** Every secret that is signed with, so that they can be encrypted anew. */
  async secrets(): Promise<{ readonly id: string; readonly endpointId: string; readonly sealed: string }[]> {
    return this.db.$queryRaw`
      SELECT id, endpoint_id AS "endpointId", sealed FROM webhook_secret WHERE expires_at IS NULL OR expires_at > now()`;
  }

  /** Replaces how a secret is encrypted, unless that was done meanwhile. */
  async reseal(id: string, { from, to }: { readonly from: string; readonly to: string }): Promise<void> {
    await this.db
      .$executeRaw`UPDATE webhook_secret SET sealed = ${to} WHERE id = ${id}::uuid AND sealed = ${from}`;
  }
}

const ENABLED = Prisma.sql`
  status = 'enabled', disabled_reason = NULL, disabled_at = NULL,
  failing_since = CASE WHEN status = 'enabled' THEN failing_since END,
  failures = CASE WHEN status = 'enabled' THEN failures ELSE 0 END,
  resumes_at = CASE WHEN status = 'enabled' THEN resumes_at END`;
const DISABLED_BY_OPERATOR = Prisma.sql`
  status = 'disabled', disabled_reason = COALESCE(disabled_reason, 'operator'),
  disabled_at = COALESCE(disabled_at, now())`;
