import { Prisma } from '../generated/client.js';
import type { OrderFilter, OrderPage } from './order-list.js';
import { firstWait, selectOrders } from './order-record.sql.js';

/**
 * The moment before which no order can still appear, as `until`. An order takes its time from the clock within its
 * transaction, which may end after that of a later order; a list of the oldest that went past it would never show
 * it. To be asked before the list, not within its statement: what ends in between is then in the list. Sessions of
 * another role, whose start PostgreSQL does not show, are ignored.
 */
export const settledUntil = Prisma.sql`
  SELECT least(now(), min(xact_start)) - interval '1 millisecond' AS until FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND backend_xid IS NOT NULL`;

/** A page of orders. @param until leaves out what was placed, or changed, then or later */
export function orderPage(page: OrderPage, until?: Date): Prisma.Sql {
  const { order, after, limit } = page;
  const path = pathOf(page);
  const [direction, beyond] =
    order === 'oldest' ? [Prisma.sql`ASC`, Prisma.sql`>`] : [Prisma.sql`DESC`, Prisma.sql`<`];
  const inOrder = (at: Prisma.Sql, id: Prisma.Sql) =>
    Prisma.sql`ORDER BY ${at} ${direction}, ${id} ${direction}`;
  const conditions = [
    ...conditionsOf(page, path),
    ...(until ? [Prisma.sql`${path.at} < ${until}`] : []),
    ...(after
      ? [Prisma.sql`(${path.at}, ${path.id}) ${beyond} (${after.at}::timestamptz, ${after.id}::uuid)`]
      : []),
  ];
  const parts = statusesOf(page, path).map(
    (
      status,
    ) => Prisma.sql`(SELECT o.* FROM ${path.from} WHERE ${Prisma.join([status, ...conditions], ' AND ')}
      ${inOrder(path.at, path.id)} LIMIT ${limit})`,
  );
  const shown = inOrder(path.shown, Prisma.sql`o.id`);
  const orders =
    parts.length === 1
      ? Prisma.join(parts)
      : Prisma.sql`(SELECT o.* FROM (${Prisma.join(parts, ' UNION ALL ')}) o ${shown} LIMIT ${limit})`;
  return Prisma.sql`${selectOrders(orders)} ${shown}`;
}

/** What a page is read from, in the order of the list, so that it is read off an index and no further. */
interface Path {
  readonly by: 'orders' | 'changes' | 'lines' | 'waits';
  readonly from: Prisma.Sql;
  readonly at: Prisma.Sql;
  readonly id: Prisma.Sql;
  /** `at`, as the order itself has it. */
  readonly shown: Prisma.Sql;
}

const PLACED = Prisma.sql`o.created_at`;
const CHANGED = Prisma.sql`o.updated_at`;
const IN_ORDERS: Path = {
  by: 'orders',
  from: Prisma.sql`orders o`,
  at: PLACED,
  id: Prisma.sql`o.id`,
  shown: PLACED,
};
const IN_CHANGES: Path = { ...IN_ORDERS, by: 'changes', at: CHANGED, shown: CHANGED };
/** The lines of a SKU stand in the order of their orders, and so do the waits for a step. */
const IN_LINES: Path = {
  by: 'lines',
  from: Prisma.sql`order_line l JOIN orders o ON o.id = l.order_id`,
  at: Prisma.sql`l.placed_at`,
  id: Prisma.sql`l.order_id`,
  shown: PLACED,
};
const IN_WAITS: Path = {
  by: 'waits',
  from: Prisma.sql`order_wait w JOIN orders o ON o.id = w.order_id`,
  at: Prisma.sql`w.placed_at`,
  id: Prisma.sql`w.order_id`,
  shown: PLACED,
};

function pathOf({ updatedSince, waitingFor, lastError, sku }: OrderFilter): Path {
  if (updatedSince) return IN_CHANGES;
  if (waitingFor ?? lastError) return IN_WAITS;
  return sku === undefined ? IN_ORDERS : IN_LINES;
}

/**
 * The conditions on the status, one for each part that a page is put together from. Orders of several statuses stand in
 * the order of a list only status by status; where another condition selects the rows, they are read once.
 */
function statusesOf({ status = [], customerId, email, endReason }: OrderFilter, { by }: Path): Prisma.Sql[] {
  if (status.length === 0) return [Prisma.sql`true`];
  if (by !== 'orders' || [customerId, email, endReason].some((given) => given !== undefined))
    return [Prisma.sql`o.status = ANY(${[...status]})`];
  return [...new Set(status)].map((one) => Prisma.sql`o.status = ${one}`);
}

function conditionsOf(filter: OrderFilter, path: Path): Prisma.Sql[] {
  const { payment, fulfilment, attentionKind, endReason, customerId, email, sku, number, trackingNumber } =
    filter;
  const given = (value: unknown, condition: Prisma.Sql) => (value === undefined ? [] : [condition]);
  const placed = path.by === 'changes' ? PLACED : path.at;
  return [
    ...given(payment, Prisma.sql`o.payment = ${payment}`),
    ...given(fulfilment, Prisma.sql`o.fulfilment = ${fulfilment}`),
    ...given(endReason, Prisma.sql`o.end_code = ${endReason}`),
    ...given(customerId, Prisma.sql`o.customer_id = ${customerId}`),
    ...given(email, Prisma.sql`lower(o.customer_email) = lower(${email}::text)`),
    ...given(
      sku,
      path.by === 'lines'
        ? Prisma.sql`l.sku = ${sku}`
        : Prisma.sql`EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.sku = ${sku})`,
    ),
    ...given(number, Prisma.sql`o.number = ${number}`),
    ...given(
      trackingNumber,
      Prisma.sql`o.id IN (SELECT order_id FROM shipment WHERE tracking_number = ${trackingNumber})`,
    ),
    ...given(filter.createdFrom, Prisma.sql`${placed} >= ${filter.createdFrom}::timestamptz`),
    ...given(filter.createdTo, Prisma.sql`${placed} < ${filter.createdTo}::timestamptz`),
    ...given(filter.updatedSince, Prisma.sql`o.updated_at >= ${filter.updatedSince}::timestamptz`),
    ...waitsAsShown(filter, path),
    ...(filter.needsAttention || attentionKind !== undefined
      ? [
          Prisma.sql`o.id IN (SELECT a.order_id FROM attention a WHERE a.resolved_at IS NULL
            ${attentionKind === undefined ? Prisma.empty : Prisma.sql`AND a.kind = ${attentionKind}`})`,
        ]
      : []),
  ];
}

/**
 * An order shows one wait, while its run is open: `waits` of its record has that first. In a CASE, so that the planner
 * takes it for true of half of them, and stops once a page is full.
 */
function waitsAsShown({ waitingFor, lastError }: OrderFilter, { by }: Path): Prisma.Sql[] {
  if (waitingFor === undefined && lastError === undefined) return [];
  const wanted = [
    ...(waitingFor === undefined ? [] : [Prisma.sql`w.step = ${waitingFor}`]),
    ...(lastError === undefined ? [] : [Prisma.sql`w.last_error = ${lastError}`]),
    Prisma.sql`CASE WHEN o.closed_at IS NULL AND w.step = (
        SELECT f.step FROM order_wait f WHERE f.order_id = w.order_id ORDER BY ${firstWait('f')} LIMIT 1)
      THEN true ELSE false END`,
  ];
  if (by === 'waits') return wanted;
  return [
    Prisma.sql`EXISTS (SELECT 1 FROM order_wait w WHERE w.order_id = o.id AND ${Prisma.join(wanted, ' AND ')})`,
  ];
}
