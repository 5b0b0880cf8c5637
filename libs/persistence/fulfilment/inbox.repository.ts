// Raw SQL: an event is matched to its parcel and stored by one statement each, for every parcel.
import {
  type CarrierEvent,
  type CarrierEventType,
  type CarrierVerdict,
  carrierVerdict,
  type ShipmentReport,
} from '#libs/domain/fulfilment/carrier-event';
import { isOrderId, type OrderId } from '#libs/domain/order/order-id';
import { progressOf } from '#libs/domain/fulfilment/parcel';
import { matchParcel, type ParcelMatch } from '#libs/domain/fulfilment/parcel-match';
import type { AppliedEvent, OrderChange } from '#libs/domain/order/order-change';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { type OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';
import { CARRIER, eventOf } from './inbox.sql.js';
import { isLabelPending, ordersOfParcel, IN_TRANSIT } from './shipment.sql.js';
import { selectOrders } from '../orders/order-record.sql.js';

/** What identifies a parcel. */
export interface ParcelKey {
  readonly orderId: OrderId;
  readonly trackingNumber: string;
}

/** As JSON has it. */
type EarlyEvent = Omit<CarrierEvent, 'occurredAt' | 'reference'> & {
  readonly id: string;
  readonly reference: string | null;
  readonly occurredAt: string;
  readonly receivedAt: string;
};

/** What belongs to a parcel that has just become known. */
interface Found {
  /** Orders whose parcels in transit have its number. */
  readonly inTransit: readonly OrderId[];
  /** Events that came before it, in the order they happened. */
  readonly early: readonly EarlyEvent[];
  /** Its order, where there are such events and no other parcel ever had its number: they are this order's. */
  readonly sole: OrderRecord | null;
}

/** An event that was stored without its parcel. */
interface StoredEvent extends CarrierEvent {
  readonly id: string;
  readonly receivedAt: Date;
}

/** A report to signal to a run. */
export interface Report {
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly state: ShipmentReport;
}

/** Who reported where a parcel is, for the audit trail. */
type Source = 'webhook' | 'lookup';

/** The format of an order's id; a reference in another format belongs to no order. */
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

const reportOf = (verdict: CarrierVerdict) => (verdict.is === 'news' ? verdict.report : null);

/** Stores an event without an order, with its verdict, if any. A condition and a conflict may follow. */
const unmatchedEvent = (event: CarrierEvent, verdict: 'ambiguous' | null) => Prisma.sql`
  INSERT INTO inbox_event (provider, event_id, type, object_id, reference, occurred_at, applied_at, verdict)
  SELECT ${CARRIER}, ${event.eventId}, ${event.type}, ${event.trackingNumber}, ${event.reference ?? null},
    ${event.occurredAt}::timestamptz, CASE WHEN ${verdict !== null} THEN now() END, ${verdict}`;

/** The carrier's events. Each is stored once and applied once, in any order of arrival. */
export class InboxRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
  ) {}

  /**
   * Stores a carrier's event and applies it to the order its parcel belongs to, in one statement. An event of
   * an unknown parcel is kept until the parcel is known, and one that may be of a label that is being made until that
   * label is known, for an hour at most; an event that fits two parcels is applied to neither.
   *
   * @returns the report for the run; null when there is none; `unmatched` where the event is kept until its parcel is known
   */
  async receive(event: CarrierEvent): Promise<Report | 'unmatched' | null> {
    // Where no parcel has its number or reference, it is stored by the statement that looks for one.
    const { match, order, isKnown } = await this.match(event, { unlessKnown: unmatchedEvent(event, null) });
    if (order) return this.apply(order, event, event);
    if (isKnown)
      await this.db.$executeRaw(
        Prisma.sql`${unmatchedEvent(event, match.is === 'ambiguous' ? match.is : null)} ON CONFLICT (provider, event_id) DO NOTHING`,
      );
    if (match.is !== 'ambiguous') return 'unmatched';
    await this.flagShared(event.trackingNumber, match.orderIds);
    return null;
  }

  /**
   * Applies events that came before their parcel was known, in the order they happened. Where another parcel in
   * transit has its number, an attention is opened.
   */
  async claim({ orderId, trackingNumber }: ParcelKey): Promise<Report[]> {
    const [found] = await this.db.$queryRaw<Found[]>`
      WITH early AS (
        SELECT i.id, i.event_id, i.type, i.object_id, i.reference, i.occurred_at, i.received_at
        FROM inbox_event i WHERE i.provider = ${CARRIER} AND i.applied_at IS NULL
          AND ((i.reference IS NULL AND i.object_id = ${trackingNumber}) OR i.reference = ${orderId})),
      sole AS (
        SELECT o.* FROM orders o WHERE o.id = ${orderId}::uuid AND EXISTS (SELECT 1 FROM early)
          AND EXISTS (SELECT 1 FROM shipment s WHERE s.order_id = o.id AND s.tracking_number = ${trackingNumber} AND ${IN_TRANSIT})
          AND NOT EXISTS (SELECT 1 FROM shipment s WHERE s.order_id <> o.id AND s.tracking_number = ${trackingNumber}))
      SELECT
        (SELECT COALESCE(jsonb_agg(DISTINCT o.id), '[]') FROM shipment s JOIN orders o ON o.id = s.order_id
          WHERE s.tracking_number = ${trackingNumber} AND ${IN_TRANSIT}) AS "inTransit",
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', e.id, 'eventId', e.event_id, 'type', e.type,
            'trackingNumber', e.object_id, 'reference', e.reference, 'occurredAt', e.occurred_at,
            'receivedAt', e.received_at)
            ORDER BY e.occurred_at, e.id), '[]') FROM early e) AS early,
        (SELECT r."order" FROM (${selectOrders(Prisma.sql`sole`)}) r) AS sole`;
    const { inTransit, early, sole } = found ?? { inTransit: [], early: [], sole: null };
    if (inTransit.length > 1) await this.flagShared(trackingNumber, inTransit);
    const reports: Report[] = [];
    for (const [index, each] of early.entries()) {
      const event = {
        ...each,
        reference: each.reference ?? undefined,
        occurredAt: new Date(each.occurredAt),
        receivedAt: new Date(each.receivedAt),
      };
      // A later one finds the order changed by the one before.
      const known = index === 0 ? sole : null;
      const report = known
        ? await this.apply(known, event, { storedAs: event.id })
        : await this.applyEarly(event);
      if (report) reports.push(report);
    }
    return reports;
  }

  private async applyEarly(event: StoredEvent): Promise<Report | null> {
    const { match, order } = await this.match(event, { receivedAt: event.receivedAt });
    if (match.is === 'ambiguous') {
      await this.db.$executeRaw`
        UPDATE inbox_event SET applied_at = now(), verdict = ${match.is}
        WHERE id = ${event.id}::uuid AND applied_at IS NULL`;
    }
    if (!order) return null;
    return this.apply(order, event, { storedAs: event.id });
  }

  /** Applies the carrier's answer to a lookup; no row is stored, because there was no event. */
  async applyLookup(order: OrderRecord, type: CarrierEventType, trackingNumber: string): Promise<boolean> {
    return this.orders.change(order, (current) => {
      const verdict = carrierVerdict(type, current);
      return verdict.is === 'known'
        ? null
        : carrierChange(current, { type, trackingNumber }, 'lookup', verdict);
    });
  }

  /**
   * Parcels with events that came before them, or that waited for the number of another label. Looked up event by event
   * (OFFSET 0 keeps PostgreSQL to it): there are few events, and reading every parcel would take longer than all of them.
   */
  async unclaimed(limit: number): Promise<ParcelKey[]> {
    return this.db.$queryRaw<ParcelKey[]>`
      WITH early AS MATERIALIZED (
        SELECT object_id, reference, occurred_at, received_at FROM inbox_event WHERE applied_at IS NULL AND provider = ${CARRIER}),
      named AS (SELECT reference::uuid AS id FROM early WHERE reference ~ ${UUID})
      SELECT s.order_id::text AS "orderId", s.tracking_number AS "trackingNumber"
      FROM early e
        CROSS JOIN LATERAL (SELECT * FROM shipment WHERE tracking_number = e.object_id OFFSET 0) s
        CROSS JOIN LATERAL (SELECT * FROM orders WHERE id = s.order_id OFFSET 0) o
      WHERE e.reference IS NULL
        AND (${IN_TRANSIT} OR NOT ${isLabelPending(Prisma.sql`e.occurred_at`, Prisma.sql`e.received_at`)})
      UNION
      SELECT s.order_id::text, s.tracking_number FROM named n
        CROSS JOIN LATERAL (SELECT * FROM shipment WHERE order_id = n.id OFFSET 0) s
      LIMIT ${limit}`;
  }

  /** Applied events that no run is known to have received. @param olderThan milliseconds */
  async unsignalled(olderThan: number, limit: number): Promise<Report[]> {
    return this.db.$queryRaw<Report[]>`
      SELECT event_id AS "eventId", order_id::text AS "orderId", report AS state FROM inbox_event
      WHERE provider = ${CARRIER} AND report IS NOT NULL AND signalled_at IS NULL
        AND applied_at < now() - ${olderThan} * interval '1 millisecond'
      ORDER BY applied_at LIMIT ${limit}`;
  }

  async markSignalled({ eventId }: Pick<Report, 'eventId'>): Promise<void> {
    await this.db.$executeRaw`
      UPDATE inbox_event SET signalled_at = now() WHERE provider = ${CARRIER} AND event_id = ${eventId}`;
  }

  /**
   * Which order an event is about, read with the parcels that it may be about.
   *
   * @param receivedAt of an event that was stored before; left out for one that is received now
   * @param unlessKnown an INSERT that is made where no parcel has the event's number or reference
   * @returns also whether there is such a parcel
   */
  private async match(
    event: CarrierEvent,
    { receivedAt = null, unlessKnown }: { receivedAt?: Date | null; unlessKnown?: Prisma.Sql },
  ): Promise<{ match: ParcelMatch; order: OrderRecord | null; isKnown: boolean }> {
    const { trackingNumber, reference = null } = event;
    const isEarlier = receivedAt !== null && receivedAt < event.occurredAt;
    const occurredAt = isEarlier ? receivedAt : event.occurredAt;
    const ours = reference !== null && isOrderId(reference) ? reference : null;
    const isPending = isLabelPending(
      Prisma.sql`${occurredAt}::timestamptz`,
      Prisma.sql`COALESCE(${receivedAt}::timestamptz, now())`,
    );
    const rows = await this.db.$queryRaw<
      { order: OrderRecord; isInTransit: boolean; askedAt: Date; isLabelPending: boolean }[]
    >`WITH parcels AS ${ordersOfParcel(trackingNumber, ours)}${
      unlessKnown
        ? Prisma.sql`, kept AS (${unlessKnown} WHERE NOT EXISTS (SELECT 1 FROM parcels) ON CONFLICT (provider, event_id) DO NOTHING)`
        : Prisma.empty
    } ${selectOrders(
      Prisma.sql`parcels`,
      Prisma.sql`o.in_transit AS "isInTransit", o.asked_at AS "askedAt", NOT o.in_transit AND ${isPending} AS "isLabelPending"`,
    )}`;
    const parcels = rows.map(({ order, isInTransit, askedAt }) => ({
      orderId: order.id,
      askedAt,
      isInTransit,
    }));
    const pending = rows.some((row) => row.isLabelPending);
    const match = matchParcel({ reference, occurredAt, isLabelPending: pending }, parcels);
    const order = match.is === 'parcel' ? rows.find((row) => row.order.id === match.orderId)?.order : null;
    return { match, order: order ?? null, isKnown: rows.length > 0 };
  }

  /** Opens an attention, once for each order, because another parcel in transit has its parcel's number. */
  private async flagShared(trackingNumber: string, orderIds: readonly string[]): Promise<void> {
    for (const id of orderIds.filter(isOrderId)) {
      await this.orders.change(await this.orders.get(id), () => ({
        event: {
          type: 'shipment.number_shared',
          actor: 'carrier',
          details: { trackingNumber, opens: 'tracking_conflict' },
        },
        opens: { kind: 'tracking_conflict', step: 'deliver', reason: 'number_shared', onceEver: true },
      }));
    }
  }

  /** @returns the report for the run, if this call applied the event */
  private async apply(
    order: OrderRecord,
    event: CarrierEvent,
    stored: AppliedEvent['event'],
  ): Promise<Report | null> {
    const last: { state: ShipmentReport | null } = { state: null };
    const written = await this.orders.change(order, async (current) => {
      const verdict = carrierVerdict(event.type, current);
      last.state = reportOf(verdict);
      if (await this.saysNothingNew(current, event, verdict)) {
        const known = eventOf(Prisma.sql`(SELECT ${current.id}::uuid AS id)`, {
          event: stored,
          verdict: 'known',
          report: null,
        });
        await this.db.$executeRaw(known);
        return null;
      }
      return {
        ...carrierChange(current, event, 'webhook', verdict),
        applies: { event: stored, verdict: verdict.is, report: last.state },
      };
    });
    const { state } = last;
    return written && state !== null ? { eventId: event.eventId, orderId: order.id, state } : null;
  }

  /**
   * Whether the order and its trail have all of it: a carrier may repeat an event a thousand times. Rows of events go
   * once they are old and their order is closed; the trail keeps the ids of those that changed it.
   */
  private async saysNothingNew(
    order: OrderRecord,
    event: CarrierEvent,
    verdict: CarrierVerdict,
  ): Promise<boolean> {
    if (order.closedAt !== null && (await this.isInTrail(order.id, event.eventId))) return true;
    if (progressOf(order.shipments, event.type, event.trackingNumber)) return false;
    if (verdict.is !== 'contradiction') return verdict.is === 'known';
    if (Object.keys(verdict.change).length > 0) return false;
    const [before] = await this.db.$queryRaw<unknown[]>`
      SELECT 1 FROM inbox_event WHERE provider = ${CARRIER} AND object_id = ${event.trackingNumber}
        AND order_id = ${order.id}::uuid AND type = ${event.type} AND verdict = 'contradiction' LIMIT 1`;
    return before !== undefined;
  }

  private async isInTrail(orderId: OrderId, eventId: string): Promise<boolean> {
    const [row] = await this.db.$queryRaw<unknown[]>`
      SELECT 1 FROM order_event
      WHERE order_id = ${orderId}::uuid AND actor = 'carrier' AND changes ->> 'event' = ${eventId} LIMIT 1`;
    return row !== undefined;
  }
}

/** The change of an order that a carrier's event makes. */
function carrierChange(
  order: OrderRecord,
  event: Pick<CarrierEvent, 'type' | 'trackingNumber'> & { eventId?: string },
  source: Source,
  verdict: CarrierVerdict,
): OrderChange {
  const report = reportOf(verdict);
  const opens = verdict.is === 'contradiction' ? ('contradicting_event' as const) : undefined;
  const progress = progressOf(order.shipments, event.type, event.trackingNumber);
  return {
    next: verdict.is === 'known' ? {} : verdict.change,
    event: {
      type: event.type,
      actor: 'carrier',
      details: { event: event.eventId, source, opens },
    },
    ...(report === 'returned' ? { endReason: { code: 'returned', by: 'carrier' } } : {}),
    ...(report === null || report === 'shipped' ? {} : { ended: ['deliver'] }),
    ...(progress ? { parcel: { is: 'moved', ...progress } } : {}),
    ...(opens ? { opens: { kind: opens, step: 'deliver', reason: event.type } } : {}),
  };
}
