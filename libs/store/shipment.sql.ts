import type { CarrierEventType } from '#libs/order/carrier-event';

import { Prisma } from './generated/client.js';
import type { OrderRecord } from './order-record.js';

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

/** Moves a parcel's own status forward, never back, as an expression over `changed`. */
export function reportShipment(
  order: OrderRecord,
  type: CarrierEventType,
  trackingNumber: string,
): Prisma.Sql[] {
  const status = type.slice('shipment.'.length);
  const known = order.shipments.find((shipment) => shipment.trackingNumber === trackingNumber)?.status;
  const rank = (name: string | undefined) => PROGRESS.findIndex((entry) => entry === name);
  if (rank(known) >= rank(status)) return [];
  return [
    Prisma.sql`tracked AS (UPDATE shipment s SET status = ${status} FROM changed c
      WHERE s.order_id = c.id AND s.tracking_number = ${trackingNumber})`,
  ];
}
