import { shipmentEvent } from '#libs/domain/events/events-of';
import type { OrderChange } from '#libs/domain/order/order-change';
import type { OrderId } from '#libs/domain/order/order-id';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Writes the state of a parcel: its label, how far it has come, or that the order has none any more. */
export function writeParcel(statement: ChangeStatement, parcel: NonNullable<OrderChange['parcel']>): void {
  const { changed } = statement;
  switch (parcel.is) {
    case 'labelled': {
      const { carrier, trackingNumber, trackingUrl = null } = parcel;
      const labelled = statement.also(
        'labelled',
        Prisma.sql`
          INSERT INTO shipment (order_id, carrier, tracking_number, tracking_url, status)
          SELECT id, ${carrier}, ${trackingNumber}, ${trackingUrl}, 'label_created' FROM ${changed} RETURNING id, status`,
      );
      statement.tellEach(shipmentEvent('label_created'), labelled);
      break;
    }
    case 'moved': {
      const tracked = statement.also(
        'tracked',
        Prisma.sql`
          UPDATE shipment s SET status = ${parcel.status} FROM ${changed} c
          WHERE s.order_id = c.id AND s.id = ${parcel.id}::uuid RETURNING s.id, s.status`,
      );
      statement.tellEach(shipmentEvent(parcel.status), tracked);
      break;
    }
    case 'cancelled': {
      const unlabelled = statement.also(
        'unlabelled',
        Prisma.sql`
          UPDATE shipment s SET status = 'cancelled' FROM ${changed} c WHERE s.order_id = c.id
          RETURNING s.id, s.status`,
      );
      statement.tellEach('shipment.cancelled', unlabelled);
    }
  }
}

/** Tells that an operator gave the order's parcels up: their own status stays what the carrier said last. */
export function tellLost(statement: ChangeStatement): void {
  const lost = statement.also(
    'lost',
    Prisma.sql`
      SELECT s.id, s.status FROM shipment s JOIN ${statement.changed} c ON s.order_id = c.id
      WHERE s.status <> 'cancelled'`,
  );
  statement.tellEach('shipment.lost', lost);
}

/** The statuses of a parcel that is no longer in transit. */
const ENDED: readonly string[] = ['delivered', 'returned', 'cancelled'];

/** Whether a shipment `s` of an order `o` is still in transit. */
export const IN_TRANSIT = Prisma.sql`(s.status <> ALL (${[...ENDED]}::text[]) AND o.fulfilment <> 'lost')`;

/**
 * Whether a label had been requested when an event happened, and its number is not known yet. Every such order is past
 * its payment and still has its stock reserved, so that an index finds them, the oldest first. An event happened before
 * it was received, whatever the carrier's clock says. A label may be parked for days: it holds an event for one hour.
 */
export const isLabelPending = (occurredAt: Prisma.Sql, receivedAt: Prisma.Sql) => Prisma.sql`
  (${receivedAt} > now() - interval '1 hour'
    AND EXISTS (SELECT 1 FROM (
        SELECT id FROM orders WHERE fulfilment = 'reserved' AND status <> 'pending' ORDER BY id OFFSET 0) p
      CROSS JOIN LATERAL (SELECT state, started_at FROM effect WHERE key = p.id::text || ':ship' OFFSET 0) l
      WHERE l.state = 'started' AND l.started_at <= LEAST(${occurredAt}, ${receivedAt})))`;

/**
 * Orders whose parcels have a tracking number or bear a reference, as a table expression, each with `in_transit` and with
 * `asked_at`, when the label was requested.
 *
 * @param reference an order's id, or null
 */
export const ordersOfParcel = (trackingNumber: string, reference: OrderId | null) => Prisma.sql`
  (SELECT o.*, ${IN_TRANSIT} AS in_transit, COALESCE((SELECT e.started_at FROM effect e
      WHERE e.order_id = o.id AND e.key = o.id::text || ':ship'), s.created_at) AS asked_at
    FROM shipment s JOIN orders o ON o.id = s.order_id
    WHERE s.tracking_number = ${trackingNumber} OR s.order_id = ${reference}::uuid)`;
