import {
  type CarrierEventType,
  type CarrierVerdict,
  carrierVerdict,
  type ShipmentReport,
} from '#libs/domain/fulfilment/carrier-event';
import { isOrderId, type OrderId } from '#libs/domain/order/order-id';
import { matchParcel, type ParcelMatch } from '#libs/domain/fulfilment/parcel-match';

import { openAttention, openAttentionOnce } from '../attention/attention.sql.js';
import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import type { OrderChange } from '../orders/order-change.js';
import { type OrderRecord, selectOrders } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';
import { ordersOfParcel, reportShipment, travels } from './shipment.sql.js';

export interface CarrierEvent {
  readonly eventId: string;
  readonly type: CarrierEventType;
  readonly trackingNumber: string;
  /** Ours, where the carrier sends it. */
  readonly reference?: string | undefined;
  readonly occurredAt: Date;
}

/** What a parcel is known by. */
export interface ParcelKey {
  readonly orderId: OrderId;
  readonly trackingNumber: string;
}

/** As JSON has it. */
type EarlyEvent = Omit<CarrierEvent, 'occurredAt' | 'reference'> & {
  readonly id: string;
  readonly reference: string | null;
  readonly occurredAt: string;
};

/** What a run is to be told. */
export interface Report {
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly state: ShipmentReport;
}

/** Who says that a parcel got somewhere, for the audit trail. */
type Source = 'webhook' | 'lookup';

const PROVIDER = 'carrier';
/** As an order's id is written; any other reference is nobody's here. */
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

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
   * an unknown parcel is kept until the parcel is known; one that may be of either of two is applied to neither.
   *
   * @returns what to tell the run; null when there is nothing to tell
   */
  async receive(event: CarrierEvent): Promise<Report | null> {
    const { match, order } = await this.match(event);
    if (!order) {
      const verdict = match.is === 'ambiguous' ? match.is : null;
      await this.db.$executeRaw`
        INSERT INTO inbox_event (provider, event_id, type, object_id, reference, occurred_at, applied_at, verdict)
        VALUES (${PROVIDER}, ${event.eventId}, ${event.type}, ${event.trackingNumber}, ${event.reference ?? null},
          ${event.occurredAt}, CASE WHEN ${verdict !== null} THEN now() END, ${verdict})
        ON CONFLICT (provider, event_id) DO NOTHING`;
      if (match.is === 'ambiguous') await this.flagShared(event.trackingNumber, match.orderIds);
      return null;
    }
    return this.apply(
      order,
      event,
      (verdict, report) => Prisma.sql`
        INSERT INTO inbox_event (provider, event_id, type, object_id, reference, order_id, occurred_at, applied_at,
          verdict, report)
        SELECT ${PROVIDER}, ${event.eventId}, ${event.type}, ${event.trackingNumber}, ${event.reference ?? null}, id,
          ${event.occurredAt}, now(), ${verdict}, ${report} FROM before
        ON CONFLICT (provider, event_id) DO NOTHING RETURNING id`,
    );
  }

  /**
   * Applies what had come for a parcel before the parcel was known, in the order it happened. Where another one travels
   * under its number, a person is told.
   */
  async claim({ orderId, trackingNumber }: ParcelKey): Promise<Report[]> {
    const [found] = await this.db.$queryRaw<{ travelling: OrderId[]; early: EarlyEvent[] }[]>`
      SELECT
        (SELECT COALESCE(jsonb_agg(DISTINCT o.id), '[]') FROM shipment s JOIN orders o ON o.id = s.order_id
          WHERE s.tracking_number = ${trackingNumber} AND ${travels}) AS travelling,
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', i.id, 'eventId', i.event_id, 'type', i.type,
            'trackingNumber', i.object_id, 'reference', i.reference, 'occurredAt', i.occurred_at)
            ORDER BY i.occurred_at, i.id), '[]')
          FROM inbox_event i WHERE i.provider = ${PROVIDER} AND i.applied_at IS NULL
            AND ((i.reference IS NULL AND i.object_id = ${trackingNumber}) OR i.reference = ${orderId})) AS early`;
    const { travelling, early } = found ?? { travelling: [], early: [] };
    if (travelling.length > 1) await this.flagShared(trackingNumber, travelling);
    const reports: Report[] = [];
    for (const each of early) {
      const report = await this.applyEarly({
        ...each,
        reference: each.reference ?? undefined,
        occurredAt: new Date(each.occurredAt),
      });
      if (report) reports.push(report);
    }
    return reports;
  }

  private async applyEarly(event: CarrierEvent & { readonly id: string }): Promise<Report | null> {
    const { match, order } = await this.match(event);
    if (match.is === 'ambiguous') {
      await this.db.$executeRaw`
        UPDATE inbox_event SET applied_at = now(), verdict = ${match.is}
        WHERE id = ${event.id}::uuid AND applied_at IS NULL`;
    }
    if (!order) return null;
    return this.apply(
      order,
      event,
      (verdict, told) => Prisma.sql`
        UPDATE inbox_event i SET order_id = before.id, applied_at = now(), verdict = ${verdict}, report = ${told}
        FROM before WHERE i.id = ${event.id}::uuid AND i.applied_at IS NULL RETURNING i.id`,
    );
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
  async unclaimed(limit: number): Promise<ParcelKey[]> {
    return this.db.$queryRaw<ParcelKey[]>`
      WITH early AS (
        SELECT object_id, reference FROM inbox_event WHERE applied_at IS NULL AND provider = ${PROVIDER}),
      named AS (SELECT reference::uuid AS id FROM early WHERE reference ~ ${UUID})
      SELECT s.order_id::text AS "orderId", s.tracking_number AS "trackingNumber"
      FROM early e JOIN shipment s ON s.tracking_number = e.object_id WHERE e.reference IS NULL
      UNION
      SELECT s.order_id::text, s.tracking_number FROM named n JOIN shipment s ON s.order_id = n.id
      LIMIT ${limit}`;
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

  /** Which order an event is about, read with the parcels that it may be about. */
  private async match(event: CarrierEvent): Promise<{ match: ParcelMatch; order: OrderRecord | null }> {
    const { trackingNumber, reference = null, occurredAt } = event;
    const ours = reference !== null && isOrderId(reference) ? reference : null;
    const rows = await this.db.$queryRaw<{ order: OrderRecord; travels: boolean; askedAt: Date }[]>(
      selectOrders(ordersOfParcel(trackingNumber, ours), Prisma.sql`o.travels, o.asked_at AS "askedAt"`),
    );
    const parcels = rows.map(({ order, travels: isUnderWay, askedAt }) => ({
      orderId: order.id,
      askedAt,
      travels: isUnderWay,
    }));
    const match = matchParcel({ reference, occurredAt }, parcels);
    const order = match.is === 'parcel' ? rows.find((row) => row.order.id === match.orderId)?.order : null;
    return { match, order: order ?? null };
  }

  /** Has a person told, once for each order, that another parcel travels under the number of its own. */
  private async flagShared(trackingNumber: string, orderIds: readonly string[]): Promise<void> {
    for (const id of orderIds.filter(isOrderId)) {
      await this.orders.change(await this.orders.get(id), () => ({
        event: {
          type: 'shipment.number_shared',
          actor: 'carrier',
          details: { trackingNumber, opens: 'tracking_conflict' },
        },
        gate: openAttentionOnce('tracking_conflict', 'deliver', 'number_shared'),
      }));
    }
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
