import type { OrderId } from '#libs/order/order-id';
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from '#libs/order/states';

import { Prisma } from './generated/client.js';
import { selectOrders } from './order-record.js';

/** Where an order stands in every list: by when it was placed. */
export interface OrderPosition {
  readonly createdAt: Date;
  readonly id: OrderId;
}

export interface OrderFilter {
  readonly status?: OrderStatus;
  readonly payment?: PaymentStatus;
  readonly fulfilment?: FulfilmentStatus;
  /** Only orders that wait for a person. */
  readonly needsAttention?: boolean;
  readonly customerId?: string;
  /** In any case. */
  readonly email?: string;
  readonly sku?: string;
  readonly number?: string;
  readonly trackingNumber?: string;
  readonly createdFrom?: Date;
  /** This moment excluded. */
  readonly createdTo?: Date;
}

export interface OrderPage extends OrderFilter {
  readonly order?: 'newest' | 'oldest';
  /** Only what comes after this one. */
  readonly after?: OrderPosition;
  readonly limit: number;
}

/**
 * The moment before which no order can still appear, as `until`. An order takes its time from the clock within its
 * transaction, which may end after that of a later order; a list of the oldest that went past it would never show
 * it. To be asked before the list, not within its statement: what ends in between is then in the list. Sessions of
 * another role, whose start PostgreSQL does not tell, are passed over.
 */
export const settledUntil = Prisma.sql`
  SELECT least(now(), min(xact_start)) - interval '1 millisecond' AS until FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND backend_xid IS NOT NULL`;

/** A page of orders. @param until leaves out what was placed then or later */
export function orderPage(page: OrderPage, until?: Date): Prisma.Sql {
  const { order, after, limit } = page;
  const by = page.sku === undefined ? IN_ORDERS : IN_LINES;
  const [direction, beyond] =
    order === 'oldest' ? [Prisma.sql`ASC`, Prisma.sql`>`] : [Prisma.sql`DESC`, Prisma.sql`<`];
  const conditions = [
    Prisma.sql`true`,
    ...conditionsOf(page, by.at),
    ...(until ? [Prisma.sql`${by.at} < ${until}`] : []),
    ...(after
      ? [Prisma.sql`(${by.at}, ${by.id}) ${beyond} (${after.createdAt}::timestamptz, ${after.id}::uuid)`]
      : []),
  ];
  const orders = Prisma.sql`(SELECT o.* FROM ${by.from} WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${by.at} ${direction}, ${by.id} ${direction} LIMIT ${limit})`;
  return Prisma.sql`${selectOrders(orders)} ORDER BY o.created_at ${direction}, o.id ${direction}`;
}

const IN_ORDERS = {
  from: Prisma.sql`orders o`,
  at: Prisma.sql`o.created_at`,
  id: Prisma.sql`o.id`,
};
/** The lines of a SKU stand in the order of their orders, so that a page of them is read off their index. */
const IN_LINES = {
  from: Prisma.sql`order_line l JOIN orders o ON o.id = l.order_id`,
  at: Prisma.sql`l.placed_at`,
  id: Prisma.sql`l.order_id`,
};

function conditionsOf(filter: OrderFilter, at: Prisma.Sql): Prisma.Sql[] {
  const { status, payment, fulfilment, customerId, email, sku, number, trackingNumber } = filter;
  const given = (value: unknown, condition: Prisma.Sql) => (value === undefined ? [] : [condition]);
  return [
    ...given(status, Prisma.sql`o.status = ${status}`),
    ...given(payment, Prisma.sql`o.payment = ${payment}`),
    ...given(fulfilment, Prisma.sql`o.fulfilment = ${fulfilment}`),
    ...given(customerId, Prisma.sql`o.customer_id = ${customerId}`),
    ...given(email, Prisma.sql`lower(o.customer_email) = lower(${email}::text)`),
    ...given(sku, Prisma.sql`l.sku = ${sku}`),
    ...given(number, Prisma.sql`o.number = ${number}`),
    ...given(
      trackingNumber,
      Prisma.sql`o.id = (SELECT order_id FROM shipment WHERE tracking_number = ${trackingNumber})`,
    ),
    ...given(filter.createdFrom, Prisma.sql`${at} >= ${filter.createdFrom}::timestamptz`),
    ...given(filter.createdTo, Prisma.sql`${at} < ${filter.createdTo}::timestamptz`),
    ...(filter.needsAttention
      ? [Prisma.sql`o.id IN (SELECT order_id FROM attention WHERE resolved_at IS NULL)`]
      : []),
  ];
}
