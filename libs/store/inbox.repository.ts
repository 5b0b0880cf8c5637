import { type CarrierEventType, carrierVerdict, type ShipmentReport } from '#libs/order/carrier-event';
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
  readonly inboxId: string;
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly state: ShipmentReport;
}

/** Who says that a parcel got somewhere, for the audit trail. */
type Source = 'webhook' | 'lookup';

const PROVIDER = 'carrier';

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
    const written = await this.orders.change(order, (current) =>
      carrierChange(
        current,
        event,
        'webhook',
        (verdict, report) => Prisma.sql`
        INSERT INTO inbox_event (provider, event_id, type, object_id, order_id, occurred_at, applied_at, verdict, report)
        SELECT ${PROVIDER}, ${event.eventId}, ${event.type}, ${event.trackingNumber}, id, ${event.occurredAt}, now(),
          ${verdict}, ${report} FROM before
        ON CONFLICT (provider, event_id) DO NOTHING RETURNING id`,
      ),
    );
    return written ? this.untold(event.eventId) : null;
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
      await this.orders.change(order, (current) =>
        carrierChange(
          current,
          event,
          'webhook',
          (verdict, report) => Prisma.sql`
          UPDATE inbox_event i SET order_id = before.id, applied_at = now(), verdict = ${verdict}, report = ${report}
          FROM before WHERE i.id = ${event.id}::uuid AND i.applied_at IS NULL RETURNING i.id`,
        ),
      );
      const report = await this.untold(event.eventId);
      if (report) reports.push(report);
    }
    return reports;
  }

  /** Applies what the carrier answered when it was asked; no row is kept, for nothing came in. */
  async applyLookup(order: OrderRecord, type: CarrierEventType, trackingNumber: string): Promise<boolean> {
    return this.orders.change(order, (current) => {
      if (carrierVerdict(type, current).is === 'known') return null;
      return carrierChange(current, { type, trackingNumber }, 'lookup');
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
    return this.reports(Prisma.sql`applied_at < now() - ${olderThan} * interval '1 millisecond'`, limit);
  }

  async markSignalled(inboxId: string): Promise<void> {
    await this.db.$executeRaw`UPDATE inbox_event SET signalled_at = now() WHERE id = ${inboxId}::uuid`;
  }

  private async untold(eventId: string): Promise<Report | null> {
    return (await this.reports(Prisma.sql`provider = ${PROVIDER} AND event_id = ${eventId}`, 1))[0] ?? null;
  }

  private async reports(condition: Prisma.Sql, limit: number): Promise<Report[]> {
    return this.db.$queryRaw<Report[]>`
      SELECT id::text AS "inboxId", event_id AS "eventId", order_id::text AS "orderId", report AS state
      FROM inbox_event WHERE report IS NOT NULL AND signalled_at IS NULL AND ${condition}
      ORDER BY applied_at LIMIT ${limit}`;
  }
}

/** The change that a carrier's word makes of an order. */
export function carrierChange(
  order: OrderRecord,
  event: Pick<CarrierEvent, 'type' | 'trackingNumber'> & { eventId?: string },
  source: Source,
  gate?: (verdict: string, report: ShipmentReport | null) => Prisma.Sql,
): OrderChange {
  const verdict = carrierVerdict(event.type, order);
  const report = verdict.is === 'news' ? verdict.report : null;
  const contradicts = verdict.is === 'contradiction';
  const returned = verdict.is === 'news' && verdict.report === 'returned';
  return {
    next: verdict.is === 'known' ? {} : verdict.change,
    event: {
      type: event.type,
      actor: 'carrier',
      details: { event: event.eventId, source, opens: contradicts ? 'contradicting_event' : undefined },
    },
    ...(returned ? { endReason: { code: 'returned', by: 'carrier' } as const } : {}),
    ...(report === null || report === 'shipped' ? {} : { ended: ['deliver'] as const }),
    ...(gate ? { gate: gate(verdict.is, report) } : {}),
    also: [
      ...reportShipment(order, event.type, event.trackingNumber),
      ...(contradicts ? [openAttention('contradicting_event', 'deliver', event.type)] : []),
    ],
  };
}
