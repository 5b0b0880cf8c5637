// Raw SQL: a batch of rows is looked at and removed by one statement, whose locks end with it.
import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';

/** The tables that rows are removed from once they are old. */
export const AGING_TABLES = ['idempotency_key', 'inbox_event', 'outbox_event', 'webhook_delivery'] as const;
export type AgingTable = (typeof AGING_TABLES)[number];

/** The rows of a table, in the order in which a pass goes through them. */
interface Rows {
  /** The table, whose rows are `r`. */
  readonly from: Prisma.Sql;
  readonly primaryKey: readonly string[];
  /** The column of the order, by age, which has an index, and its type. */
  readonly column: Prisma.Sql;
  readonly type: Prisma.Sql;
  /** Less than every value of it. */
  readonly least: string;
  /** When a row was stored. */
  readonly storedAt: Prisma.Sql;
  /** Whether an old row may go. */
  readonly mayGo: Prisma.Sql;
  /** What is written down of the rows `removed`, which have their `place`. */
  readonly noted?: Prisma.Sql;
}

/** How long a pass that has come to its end is followed by none. */
const PAUSE = Prisma.sql`interval '1 hour'`;

/** Whether a run, or the person who asks, may still need what belongs to an order `o`. */
const IS_AT_REST = Prisma.sql`o.closed_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM refund f WHERE f.order_id = o.id AND f.settled_at IS NULL)`;

/** Rows whose ids begin with the time they were made. */
const BY_ID = {
  primaryKey: ['id'],
  column: Prisma.sql`id`,
  type: Prisma.sql`uuid`,
  least: '00000000-0000-0000-0000-000000000000',
} as const;

const ROWS: Readonly<Record<AgingTable, Rows>> = {
  idempotency_key: {
    from: Prisma.sql`idempotency_key`,
    primaryKey: ['principal', 'operation', 'key'],
    column: Prisma.sql`created_at`,
    type: Prisma.sql`timestamptz`,
    least: '-infinity',
    storedAt: Prisma.sql`created_at`,
    mayGo: Prisma.sql`(r.order_id IS NULL OR EXISTS (SELECT 1 FROM orders o WHERE o.id = r.order_id AND ${IS_AT_REST}))`,
  },
  // An event that is sent again after its row was removed must change nothing. So rows stay where the order would not
  // show that: where it was no simple delivery, or an operator was asked.
  inbox_event: {
    from: Prisma.sql`inbox_event`,
    ...BY_ID,
    storedAt: Prisma.sql`received_at`,
    mayGo: Prisma.sql`r.applied_at IS NOT NULL AND (r.report IS NULL OR r.signalled_at IS NOT NULL)
      AND (r.verdict = 'ignored' OR EXISTS (
        SELECT 1 FROM orders o WHERE o.id = r.order_id AND ${IS_AT_REST} AND (r.provider = 'stripe'
          OR o.fulfilment = 'delivered' AND r.verdict <> 'contradiction'
            AND NOT (r.verdict = 'known' AND r.type = 'shipment.delivered'))))`,
  },
  // A reader that stopped before an event that is removed must be told so.
  outbox_event: {
    from: Prisma.sql`outbox_event`,
    primaryKey: ['id'],
    column: Prisma.sql`sequence`,
    type: Prisma.sql`bigint`,
    least: '0',
    storedAt: Prisma.sql`time`,
    mayGo: Prisma.sql`true`,
    noted: Prisma.sql`
      UPDATE event_stream SET removed_to = GREATEST(removed_to, (SELECT max(place::bigint) FROM removed))
      WHERE EXISTS (SELECT 1 FROM removed)`,
  },
  // Their attempts go with them.
  webhook_delivery: {
    from: Prisma.sql`webhook_delivery`,
    ...BY_ID,
    storedAt: Prisma.sql`created_at`,
    mayGo: Prisma.sql`(r.leased_until IS NULL OR r.leased_until <= now())`,
  },
};

/** What one batch has come to. */
export interface RemovedRows {
  readonly removed: number;
  /** Whether old rows may follow. */
  readonly hasMore: boolean;
}

/**
 * Removes old rows, a batch at a time, and goes through each table again and again. Where a pass stands is a row that a
 * batch locks: another worker that finds it locked does nothing, so that no row is looked at twice in a pass.
 */
export class OldRowsRepository {
  constructor(private readonly db: Database) {}

  /**
   * @param age milliseconds since a row was stored
   * @param limit how many rows are looked at; more where several were stored at once
   * @returns null where no batch is due, or another worker is at it
   */
  async remove(table: AgingTable, age: number, limit: number): Promise<RemovedRows | null> {
    const { from, primaryKey, column, type, least, storedAt, mayGo, noted } = ROWS[table];
    const key = (of: string) => Prisma.raw(primaryKey.map((name) => `${of}.${name}`).join(', '));
    const same = Prisma.sql`(${key('r')}) = (${key('x')})`;
    const [row] = await this.db.$queryRaw<RemovedRows[]>`
      WITH pass AS (
        SELECT after FROM removal_pass WHERE "table" = ${table} AND due_at <= now() FOR UPDATE SKIP LOCKED),
      batch AS (
        SELECT ${key('r')}, ${column} AS place, ${storedAt} < now() - ${age} * interval '1 millisecond' AS is_old
        FROM ${from} r
        WHERE EXISTS (SELECT 1 FROM pass) AND ${column} > COALESCE((SELECT after FROM pass), ${least})::${type}
        ORDER BY ${column} FETCH FIRST (${limit}) ROWS WITH TIES),
      free AS (
        SELECT f.at FROM batch x CROSS JOIN LATERAL (
          SELECT r.ctid AS at FROM ${from} r WHERE ${same} AND ${mayGo} FOR UPDATE SKIP LOCKED) f
        WHERE x.is_old),
      removed AS (DELETE FROM ${from} WHERE ctid = ANY(ARRAY(SELECT at FROM free)) RETURNING ${column} AS place),
      ${noted ? Prisma.sql`noted AS (${noted}),` : Prisma.empty}
      seen AS (
        SELECT count(*) >= ${limit} AND (array_agg(is_old ORDER BY place DESC))[1] AS is_full,
          (array_agg(place::text ORDER BY place DESC))[1] AS last FROM batch),
      moved AS (
        UPDATE removal_pass p SET
          after = CASE WHEN s.is_full THEN s.last END,
          due_at = CASE WHEN s.is_full THEN p.due_at ELSE now() + ${PAUSE} END
        FROM seen s, pass WHERE p."table" = ${table})
      SELECT (SELECT count(*) FROM removed)::int AS removed, s.is_full AS "hasMore" FROM seen s, pass`;
    return row ?? null;
  }
}
