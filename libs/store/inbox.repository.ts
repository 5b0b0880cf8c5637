import {
  type CarrierEventType,
  type CarrierVerdict,
  carrierVerdict,
  type ShipmentReport,
} from '#libs/order/carrier-event';
import type { OrderId } from '#libs/order/order-id';

import { openAttention } from './attention.sql.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import type { OrderChange } from './order-change.js';
import type { OrderRecord } from './order-record.js';
import type { OrderRepository } from './order.repository.js';
import { reportShipment } from './shipment.sql.js';

export interface CarrierEvent {
  readonly eventId: string;
  readonly type: CarrierEventType;
  readonly trackingNumber: string;
  readonly occurredAt: Date;
}

/** What a run is to be told. */
export interface Report {
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly state: ShipmentReport;
}

/** Who says that a parcel got somewhere, for the audit trail. */
type Source = 'webhook' | 'lookup';

const PROVIDER = 'carrier';

/** The gate of a change that applies an event: stores the verdict with the event, unless that was done before. */
type EventGate = (verdict: string, report: ShipmentReport | null) => Prisma.Sql;

const reportOf = (verdict: CarrierVerdict) => (verdict.is === 'news' ? verdict.report : null);

/** What came from outside. An event is stored once and applied once, whatever order events come in. */
export class InboxRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
  ) {}

  /**
   * Stores a carrier's event and applies it to the order its parcel belongs to, in one statement. An event of
   * an unknown parcel is kept until the parcel is known.
   *
   * @returns what to tell the run; null when there is nothing to tell
   */
  async receive(event: CarrierEvent): Promise<Report | null> {
    const order = await this.orders.findByTrackingNumber(event.trackingNumber);
    if (!order) {
      await this.db.$executeRaw`
        INSERT INTO inbox_event (provider, event_id, type, object_id, occurred_at)
        VALUES (${PROVIDER}, ${event.eventId}, ${event.type}, ${event.trackingNumber}, ${event.occurredAt})
        ON CONFLICT (provider, event_id) DO NOTHING`;
      return null;
    }
    return this.apply(
      order,
      event,
      (verdict, report) => Prisma.sql`
        INSERT INTO inbox_event (provider, event_id, type, object_id, order_id, occurred_at, applied_at, verdict, report)
        SELECT ${PROVIDER}, ${event.eventId}, ${event.type}, ${event.trackingNumber}, id, ${event.occurredAt}, now(),
          ${verdict}, ${report} FROM before
        ON CONFLICT (provider, event_id) DO NOTHING RETURNING id`,
    );
  }

  /** Applies what had come for a parcel before the parcel was known, in the order it happened. */
  async claim(trackingNumber: string): Promise<Report[]> {
    const early = await this.db.$queryRaw<(CarrierEvent & { id: string })[]>`
      SELECT id::text AS id, event_id AS "eventId", type, object_id AS "trackingNumber", occurred_at AS "occurredAt"
      FROM inbox_event WHERE provider = ${PROVIDER} AND object_id = ${trackingNumber} AND applied_at IS NULL
      ORDER BY occurred_at, id`;
    const reports: Report[] = [];
    for (const event of early) {
      const order = await this.orders.findByTrackingNumber(trackingNumber);
      if (!order) break;
      const report = await this.apply(
        order,
        event,
        (verdict, told) => Prisma.sql`
          UPDATE inbox_event i SET order_id = before.id, applied_at = now(), verdict = ${verdict}, report = ${told}
          FROM before WHERE i.id = ${event.id}::uuid AND i.applied_at IS NULL RETURNING i.id`,
      );
      if (report) reports.push(report);
    }
    return reports;
  }

  /** Applies what the carrier answered when it was asked; no row is kept, for nothing came in. */
  async applyLookup(order: OrderRecord, type: CarrierEventType, trackingNumber: string): Promise<boolean> {
    return this.orders.change(order, (current) => {
      const verdict = carrierVerdict(type, current);
      return verdict.is === 'known'
        ? null
        : carrierChange(current, { type, trackingNumber }, 'lookup', verdict);
    });
  }

  /** Parcels with events that came before them. */
  async unclaimed(limit: number): Promise<string[]> {
    const rows = await this.db.$queryRaw<{ trackingNumber: string }[]>`
      SELECT DISTINCT s.tracking_number AS "trackingNumber"
      FROM inbox_event i JOIN shipment s ON s.tracking_number = i.object_id
      WHERE i.applied_at IS NULL AND i.provider = ${PROVIDER} LIMIT ${limit}`;
    return rows.map((row) => row.trackingNumber);
  }

  /** Applied events that no run is known to have been told of. @param olderThan milliseconds */
  async unsignalled(olderThan: number, limit: number): Promise<Report[]> {
    return this.db.$queryRaw<Report[]>`
      SELECT event_id AS "eventId", order_id::text AS "orderId", report AS state FROM inbox_event
      WHERE provider = ${PROVIDER} AND report IS NOT NULL AND signalled_at IS NULL
        AND applied_at < now() - ${olderThan} * interval '1 millisecond'
      ORDER BY applied_at LIMIT ${limit}`;
  }

  async markSignalled({ eventId }: Report): Promise<void> {
    await this.db.$executeRaw`
      UPDATE inbox_event SET signalled_at = now() WHERE provider = ${PROVIDER} AND event_id = ${eventId}`;
  }

  /** @param gate opens when the event is new here @returns what to tell the run, if this call applied the event */
  private async apply(order: OrderRecord, event: CarrierEvent, gate: EventGate): Promise<Report | null> {
    const last: { state: ShipmentReport | null } = { state: null };
    const written = await this.orders.change(order, async (current) => {
      const verdict = carrierVerdict(event.type, current);
      last.state = reportOf(verdict);
      if (await this.saysNothingNew(current, event, verdict)) {
        await this.db.$executeRaw`WITH before AS (SELECT ${current.id}::uuid AS id) ${gate('known', null)}`;
        return null;
      }
      return carrierChange(current, event, 'webhook', verdict, gate(verdict.is, last.state));
    });
    const { state } = last;
    return written && state !== null ? { eventId: event.eventId, orderId: order.id, state } : null;
  }

  /** Whether the order and its trail know all of it: a carrier may say one thing a thousand times. */
  private async saysNothingNew(
    order: OrderRecord,
    event: CarrierEvent,
    verdict: CarrierVerdict,
  ): Promise<boolean> {
    if (reportShipment(order, event.type, event.trackingNumber).length > 0) return false;
    if (verdict.is !== 'contradiction') return verdict.is === 'known';
    if (Object.keys(verdict.change).length > 0) return false;
    const [before] = await this.db.$queryRaw<unknown[]>`
      SELECT 1 FROM inbox_event WHERE provider = ${PROVIDER} AND object_id = ${event.trackingNumber}
        AND order_id = ${order.id}::uuid AND type = ${event.type} AND verdict = 'contradiction' LIMIT 1`;
    return before !== undefined;
  }
}

/** The change that a carrier's word makes of an order. */
function carrierChange(
  order: OrderRecord,
  event: Pick<CarrierEvent, 'type' | 'trackingNumber'> & { eventId?: string },
  source: Source,
  verdict: CarrierVerdict,
  gate?: Prisma.Sql,
): OrderChange {
  const report = reportOf(verdict);
  const contradicts = verdict.is === 'contradiction';
  return {
    next: verdict.is === 'known' ? {} : verdict.change,
    event: {
      type: event.type,
      actor: 'carrier',
      details: { event: event.eventId, source, opens: contradicts ? 'contradicting_event' : undefined },
    },
    ...(report === 'returned' ? { endReason: { code: 'returned', by: 'carrier' } as const } : {}),
    ...(report === null || report === 'shipped' ? {} : { ended: ['deliver'] as const }),
    ...(gate ? { gate } : {}),
    also: [
      ...reportShipment(order, event.type, event.trackingNumber),
      ...(contradicts ? [openAttention('contradicting_event', 'deliver', event.type)] : []),
    ],
  };
}
