import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';

import { Prisma } from '../generated/client.js';
import type { OrderRecord } from '../orders/order-record.js';

/** How far a parcel has come, by the carrier's last word on it. */
const PROGRESS = [
  'label_created',
  'picked_up',
  'in_transit',
  'delivery_failed',
  'delivered',
  'returned',
] as const;

/** Records a new label, as an expression over `changed`. */
export const addShipment = (parcel: {
  carrier: string;
  trackingNumber: string;
  trackingUrl?: string | null;
}) => Prisma.sql`
  labelled AS (INSERT INTO shipment (order_id, carrier, tracking_number, tracking_url, status)
    SELECT id, ${parcel.carrier}, ${parcel.trackingNumber}, ${parcel.trackingUrl ?? null}, 'label_created' FROM changed)`;

export const cancelShipments = Prisma.sql`
  unlabelled AS (UPDATE shipment s SET status = 'cancelled' FROM changed c WHERE s.order_id = c.id)`;

/** How a parcel's own status says that it travels no more. */
const ENDED: readonly string[] = ['delivered', 'returned', 'cancelled'];

/** Whether a shipment `s` of an order `o` still travels. */
export const travels = Prisma.sql`(s.status <> ALL (${[...ENDED]}::text[]) AND o.fulfilment <> 'lost')`;

/**
 * Orders whose parcels have a tracking number or bear a reference, as a table expression, each with `travels` and with
 * `asked_at`, when the label was asked for.
 *
 * @param reference an order's id, or null
 */
export const ordersOfParcel = (trackingNumber: string, reference: OrderId | null) => Prisma.sql`
  (SELECT o.*, ${travels} AS travels, COALESCE((SELECT e.started_at FROM effect e
      WHERE e.order_id = o.id AND e.key = o.id::text || ':ship'), s.created_at) AS asked_at
    FROM shipment s JOIN orders o ON o.id = s.order_id
    WHERE s.tracking_number = ${trackingNumber} OR s.order_id = ${reference}::uuid)`;

/** Moves a parcel's own status forward, never back, as an expression over `changed`. */
export function reportShipment(order: OrderRecord, type: CarrierEventType, reported: string): Prisma.Sql[] {
  const status = type.slice('shipment.'.length);
  // An event that bears our reference may name a number that the carrier has changed.
  const parcel =
    order.shipments.find(({ trackingNumber }) => trackingNumber === reported) ?? order.shipments.at(-1);
  if (!parcel) return [];
  const rank = (name: string) => PROGRESS.findIndex((entry) => entry === name);
  if (rank(parcel.status) >= rank(status)) return [];
  return [
    Prisma.sql`tracked AS (UPDATE shipment s SET status = ${status} FROM changed c
      WHERE s.order_id = c.id AND s.id = ${parcel.id}::uuid)`,
  ];
}
