// Raw SQL: a person is removed from all tables by one statement, or from none.
import { wireAddress } from '#libs/mail/email-address';
import type { Actor } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { LOCKS } from '../database/advisory-locks.js';
import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { eventRows, insertEvents } from '../events/outbox.sql.js';
import { insertIdempotencyKey } from '../requests/idempotency-key.sql.js';
import { IS_GONE } from '../runs/run.sql.js';

/** Whose orders: all under a customer's id and no others, or all with an email address, in any case. */
export type Person = { readonly customerId: string } | { readonly email: string };

/** That a person was erased, and from how many orders; not who. */
export interface ErasureRecord {
  readonly id: string;
  readonly orders: number;
  readonly at: string;
}

/** What keeps a person from being erased. */
export interface InProgress {
  readonly inProgress: readonly OrderId[];
}

interface Row {
  readonly inProgress: OrderId[] | null;
  readonly orders: number | null;
  readonly at: Date | null;
}

/** Milliseconds that an erasure may take: it searches every note. */
const TIME = { maxWait: 10_000, timeout: 120_000 };
const MORE_TIME = Prisma.raw(`SET LOCAL statement_timeout = ${TIME.timeout}`);

/** Removes the data of persons. Amounts, states and the audit trail stay. */
export class ErasureRepository {
  /** The erasure requested last. The next one waits for it here, where that takes no connection. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly db: Database) {}

  /**
   * Removes a person from every order of theirs and its dependent rows, or from none while one of the orders is in
   * progress. An order that is placed meanwhile prevents the erasure, or is placed after it and stays.
   *
   * @param request under which it is done once; null where it came without a key
   */
  async erase(
    person: Person,
    asked: { readonly id: string; readonly requestedBy: Actor },
    request: ScopedIdempotencyKey | null,
  ): Promise<ErasureRecord | InProgress | 'key_taken'> {
    const erased = this.last.then(() => this.eraseNow(person, asked, request));
    // Its caller receives its failure; the next erasure continues.
    this.last = erased.catch(() => undefined);
    return erased;
  }

  private async eraseNow(
    person: Person,
    { id, requestedBy }: { readonly id: string; readonly requestedBy: Actor },
    request: ScopedIdempotencyKey | null,
  ): Promise<ErasureRecord | InProgress | 'key_taken'> {
    const whose = ordersOf(person);
    const spellings = await this.spellingsOf(person, whose);
    const statements = [
      this.db.$executeRaw(MORE_TIME),
      // One at a time: notes about others may name the person, so two could wait for each other.
      this.db.$queryRaw`SELECT pg_advisory_xact_lock(${LOCKS.erasures})::text`,
      // What another transaction is about to write for an order is seen by the next statement.
      this.db.$queryRaw`SELECT o.id::text FROM orders o WHERE ${whose} ORDER BY o.id FOR NO KEY UPDATE`,
      this.db.$queryRaw<Row[]>(erasure(whose, spellings, { id, requestedBy }, request)),
    ] as const;
    const [, , , [row]] = await this.db.$transaction([...statements], TIME);
    if (row?.inProgress) return { inProgress: row.inProgress };
    if (row?.at && row.orders !== null) return { id, orders: row.orders, at: row.at.toISOString() };
    return 'key_taken';
  }

  /** Every way in which a note may have the person's addresses, besides those of the orders themselves. */
  private async spellingsOf(person: Person, whose: Prisma.Sql): Promise<string[]> {
    if ('email' in person) return [person.email, wireAddress(person.email)];
    const rows = await this.db.$queryRaw<{ email: string | null }[]>`
      SELECT DISTINCT o.customer_email AS email FROM orders o WHERE ${whose}`;
    return rows.flatMap(({ email }) => (email === null ? [] : [wireAddress(email)]));
  }

  /** @throws Error when there is none */
  async get(id: string): Promise<ErasureRecord> {
    const found = await this.db.erasure.findUnique({ where: { id } });
    if (!found) throw new Error(`no erasure ${id}`);
    return { id, orders: found.orders, at: found.at.toISOString() };
  }
}

/** Operations whose requests contain amounts, and no personal data. */
const REFUNDS = '%/refunds';

const ordersOf = (person: Person) =>
  'email' in person
    ? Prisma.sql`lower(o.customer_email) = lower(${person.email}::text)`
    : Prisma.sql`o.customer_id = ${person.customerId}`;

/**
 * Whether the order may still need the person: until its run closed it, or an operator acknowledged a lost run.
 * A run that is stuck is not lost, and may resume with the next release.
 */
const IN_PROGRESS = Prisma.sql`(o.closed_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM attention a WHERE a.order_id = o.id AND ${IS_GONE} AND a.action = 'acknowledge'
    AND a.opened_at >= COALESCE(o.started_at, '-infinity')))`;

/** Whether a note is about one of the orders, or names the person's address: not one that has it in a longer one. */
const toldIn = (note: Prisma.Sql, orderId: Prisma.Sql) => Prisma.sql`(${orderId} IN (SELECT id FROM erased)
  OR EXISTS (SELECT 1 FROM address WHERE position(address.email IN lower(${note})) > 0
    AND lower(${note}) ~ ('(^|[^a-z0-9_''+.-])' || regexp_replace(address.email, '[!#$%&''*+/=?^\`{|}~.]', '\\\\\\&', 'g')
      || '($|[^a-z0-9.-]|\\.($|[^a-z0-9]))')))`;

/** One row: which orders are in progress, or what was done; neither where the key was taken. */
function erasure(
  whose: Prisma.Sql,
  spellings: readonly string[],
  { id, requestedBy }: { readonly id: string; readonly requestedBy: Actor },
  request: ScopedIdempotencyKey | null,
): Prisma.Sql {
  return Prisma.sql`
    WITH subject AS (SELECT o.id, o.customer_email AS email, ${IN_PROGRESS} AS open FROM orders o WHERE ${whose}),
    address AS (SELECT lower(email) AS email FROM subject UNION SELECT lower(unnest(${[...spellings]}::text[]))),
    clear AS (SELECT WHERE NOT EXISTS (SELECT 1 FROM subject WHERE open)),
    asked AS (${request ? insertIdempotencyKey(request, { resourceId: id, from: Prisma.sql`clear` }) : Prisma.sql`SELECT FROM clear`}),
    done AS (
      INSERT INTO erasure (id, requested_by, orders)
      SELECT ${id}::uuid, ${requestedBy}, (SELECT count(*) FROM subject) FROM asked RETURNING orders, at),
    erased AS (
      UPDATE orders o SET version = o.version + 1, updated_at = clock_timestamp(), customer_id = NULL, customer_name = NULL,
        customer_email = NULL, shipping_address = NULL, billing_address = NULL, payment_method = NULL,
        request_id = NULL
      FROM subject s, done WHERE o.id = s.id
      RETURNING o.id, o.version, o.status, o.payment, o.fulfilment),
    logged AS (
      INSERT INTO order_event (order_id, type, actor, changes)
      SELECT e.id, 'customer.erased', ${requestedBy}, jsonb_build_object('erasure', ${id}::text) FROM erased e ORDER BY e.id),
    told AS (${insertEvents(Prisma.sql`erased`, eventRows([{ type: 'order.erased', about: {} }]))}),
    attempts AS (UPDATE payment_attempt p SET method = NULL FROM erased e WHERE p.order_id = e.id),
    notes AS (
      UPDATE attention a SET note = NULL FROM done
      WHERE a.note IS NOT NULL AND ${toldIn(Prisma.sql`a.note`, Prisma.sql`a.order_id`)} RETURNING a.id),
    discrepancies AS (
      UPDATE discrepancy f SET note = NULL FROM done
      WHERE f.note IS NOT NULL AND ${toldIn(Prisma.sql`f.note`, Prisma.sql`f.order_id`)} RETURNING f.id),
    -- A hash of the request would confirm a guess of its content.
    charges AS (
      UPDATE effect c SET request_hash = '' FROM erased e
      WHERE c.order_id = e.id AND split_part(c.key, ':', 2) = 'charge'),
    erased_requests AS (
      SELECT k.* FROM idempotency_key k JOIN erased e ON k.order_id = e.id WHERE k.operation NOT LIKE ${REFUNDS}
      UNION SELECT k.* FROM idempotency_key k
        JOIN (SELECT id::text AS id FROM notes UNION SELECT id::text FROM discrepancies) n ON k.resource_id = n.id),
    requests AS (
      UPDATE idempotency_key k SET request_hash = NULL FROM erased_requests t
      WHERE (k.principal, k.operation, k.key) = (t.principal, t.operation, t.key))
    SELECT (SELECT jsonb_agg(id ORDER BY id) FROM subject WHERE open) AS "inProgress",
      (SELECT orders FROM done) AS orders, (SELECT at FROM done) AS at`;
}
