// Raw SQL: events get their place, and a page is cut off, by one statement each, so that no part of it is seen.
import type { EventData, EventType } from '#libs/domain/events/event-types';
import type { OrderId } from '#libs/domain/order/order-id';

import { LOCKS } from '../database/advisory-locks.js';
import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { time } from '../orders/order-record.sql.js';
import { fanOut } from '../webhooks/fan-out.sql.js';

/** An event of the stream. Times are RFC 3339. */
export interface EventRecord {
  readonly id: string;
  readonly sequence: number;
  readonly type: EventType;
  readonly time: string;
  readonly orderId: OrderId;
  readonly data: EventData;
}

/** A part of the stream, and where the next one begins. */
export interface EventPage {
  readonly events: readonly EventRecord[];
  /** The last event that was read or passed over. */
  readonly cursor: number;
  readonly hasMore: boolean;
}

/** What one statement has put in the stream. */
export interface SequencedEvents {
  readonly events: number;
  /** How many of them are to be sent, once for each endpoint. */
  readonly deliveries: number;
}

/** How many events a page looks at, where it gives only some of them. */
const LOOKED_AT = 2_000;

/** What to read of the stream. */
interface AskedPage {
  /** The event read last; left out, the oldest that are kept come first. */
  readonly after?: number | undefined;
  /** Left out, all. */
  readonly types?: readonly EventType[] | undefined;
  /** Left out, those of all orders. */
  readonly orderId?: OrderId | undefined;
  readonly limit: number;
}

interface Row {
  readonly events: EventRecord[] | null;
  readonly removedTo: number;
  readonly last: number;
  readonly lookedTo: number | null;
}

/**
 * The stream of events. A transaction that begins first may commit last, so an event has no place while its change is not
 * committed: one sequencer at a time gives places to what has committed. What a reader has passed is never added to.
 */
export class EventStreamRepository {
  constructor(private readonly db: Database) {}

  /**
   * Gives events their places, the oldest first; nothing while another process does so. Places are numbers that only
   * grow, and some are left out.
   *
   * What is subscribed to is told to its endpoints by the same statement, so that each is told once.
   *
   * @param limit how many at most
   */
  async sequence(limit: number): Promise<SequencedEvents> {
    // The lock lasts until the places are committed: the next sequencer takes higher ones, and none takes an event twice.
    const [row] = await this.db.$queryRaw<SequencedEvents[]>`
      WITH batch AS (
        SELECT id FROM outbox_event WHERE sequence IS NULL AND (SELECT pg_try_advisory_xact_lock(${LOCKS.sequencer}))
        ORDER BY id LIMIT ${limit}),
      placed AS MATERIALIZED (SELECT id, nextval('outbox_event_sequence') AS sequence FROM batch),
      sequenced AS (
        UPDATE outbox_event e SET sequence = p.sequence FROM placed p WHERE e.id = p.id AND e.sequence IS NULL
        RETURNING e.id, e.type),
      delivered AS (${fanOut(Prisma.sql`sequenced`)} RETURNING 1)
      SELECT (SELECT count(*) FROM sequenced)::int AS events, (SELECT count(*) FROM delivered)::int AS deliveries`;
    if (!row) throw new Error('a count has no row');
    return row;
  }

  /**
   * The events behind a place in the stream, by their places.
   *
   * @returns null where events behind it were removed, or the stream ends before it, as after a restore
   */
  async page(asked: AskedPage): Promise<EventPage | null> {
    const [row] = await this.db.$queryRaw<Row[]>(pageOf(asked));
    if (!row) throw new Error('the table event_stream has no row');
    const { removedTo, last, lookedTo } = row;
    const from = asked.after ?? removedTo;
    if (from < removedTo || from > last) return null;
    const events = row.events ?? [];
    const cursor = (events.length === asked.limit ? events.at(-1)?.sequence : lookedTo) ?? from;
    return { events, cursor, hasMore: cursor < last };
  }

  /** The last place of the stream that is given: what has none yet comes behind it. */
  async end(): Promise<number> {
    const [row] = await this.db.$queryRaw<Pick<Row, 'last'>[]>`SELECT ${LAST} AS last FROM event_stream s`;
    if (!row) throw new Error('the table event_stream has no row');
    return row.last;
  }

  /** Leaves out so many places: after a restore, those that readers may have seen before it. */
  async skip(places: number): Promise<void> {
    await this.db
      .$executeRaw`SELECT nextval('outbox_event_sequence') FROM generate_series(1, ${places}::int)`;
  }
}

const LAST = Prisma.sql`GREATEST(s.removed_to, (SELECT max(sequence) FROM outbox_event))`;

function pageOf({ after = 0, types, orderId, limit }: AskedPage): Prisma.Sql {
  const conditions = [
    ...(types ? [Prisma.sql`l.type = ANY(${[...types]}::text[])`] : []),
    ...(orderId ? [Prisma.sql`l.order_id = ${orderId}::uuid`] : []),
  ];
  const isPart = conditions.length > 0;
  const wanted = isPart ? Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}` : Prisma.empty;
  return Prisma.sql`
    WITH looked_at AS MATERIALIZED (
      SELECT * FROM outbox_event WHERE sequence > ${after} ORDER BY sequence
      LIMIT ${isPart ? Math.max(LOOKED_AT, limit) : limit}),
    page AS MATERIALIZED (SELECT * FROM looked_at l ${wanted} ORDER BY l.sequence LIMIT ${limit})
    SELECT s.removed_to AS "removedTo", ${LAST} AS last,
      (SELECT max(sequence) FROM looked_at) AS "lookedTo",
      (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'sequence', p.sequence, 'type', p.type,
        'orderId', p.order_id, 'time', ${time('p.time')}, 'data', p.data) ORDER BY p.sequence) FROM page p) AS events
    FROM event_stream s`;
}
