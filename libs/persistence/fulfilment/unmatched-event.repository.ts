// Raw SQL: an event is stored unless it is there, and shown with columns of other tables.
import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';

/** A signed event of a type that is not known here. */
export interface UnknownEvent {
  readonly provider: Provider;
  readonly eventId: string;
  readonly type: string;
  /** The parcel that it names, if any. */
  readonly objectId: string | null;
  readonly occurredAt: Date;
}

export interface UnmatchedEvent extends Omit<UnknownEvent, 'occurredAt'> {
  readonly id: string;
  readonly reason: 'unknown_type' | 'unknown_object' | 'ambiguous_object';
  readonly occurredAt: string;
  readonly receivedAt: string;
}

type Provider = 'carrier' | 'stripe';

/** Signed events that match no order: of an unknown type, or about an unknown object. */
export class UnmatchedEventRepository {
  constructor(private readonly db: Database) {}

  /** Stores an event that changes nothing, once. One that names no object is stored under its own id. */
  async record({ provider, eventId, type, objectId, occurredAt }: UnknownEvent): Promise<void> {
    await this.db.$executeRaw`
      INSERT INTO inbox_event (provider, event_id, type, object_id, occurred_at, applied_at, verdict)
      VALUES (${provider}, ${eventId}, ${type}, ${objectId ?? eventId}, ${occurredAt}, now(), 'ignored')
      ON CONFLICT (provider, event_id) DO NOTHING`;
  }

  /** Whether an event was stored that no order is known to have the object of. */
  async has(provider: Provider, eventId: string): Promise<boolean> {
    const found = await this.db.inboxEvent.findUnique({
      where: { provider_eventId: { provider, eventId }, orderId: null },
      select: { id: true },
    });
    return found !== null;
  }

  /** Newest first. @param after only what is older than this one */
  async list({
    provider,
    after,
    limit,
  }: {
    provider?: Provider;
    after?: string;
    limit: number;
  }): Promise<UnmatchedEvent[]> {
    const conditions = [
      Prisma.sql`order_id IS NULL`,
      ...(provider ? [Prisma.sql`provider = ${provider}`] : []),
      ...(after ? [Prisma.sql`id < ${after}::uuid`] : []),
    ];
    const rows = await this.db.$queryRaw<
      (Omit<UnmatchedEvent, 'occurredAt' | 'receivedAt'> & { occurredAt: Date; receivedAt: Date })[]
    >`
      SELECT id::text AS id, provider, event_id AS "eventId", type, NULLIF(object_id, event_id) AS "objectId",
        CASE verdict WHEN 'ignored' THEN 'unknown_type' WHEN 'ambiguous' THEN 'ambiguous_object'
          ELSE 'unknown_object' END AS reason,
        occurred_at AS "occurredAt", received_at AS "receivedAt"
      FROM inbox_event WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY id DESC LIMIT ${limit}`;
    return rows.map((row) => ({
      ...row,
      occurredAt: row.occurredAt.toISOString(),
      receivedAt: row.receivedAt.toISOString(),
    }));
  }
}
