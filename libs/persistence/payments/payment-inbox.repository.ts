// Raw SQL: an event is judged and stored by one statement, for every payment.
import type { OrderId } from '#libs/domain/order/order-id';
import { STATES_AFTER_EVENT } from '#libs/domain/payment/payment-diff';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';

export interface PaymentEvent {
  readonly eventId: string;
  readonly type: string;
  /** The intent it is about; for what is about none, the event's own id. */
  readonly objectId: string;
  readonly occurredAt: Date;
  /** False for an event that is stored and changes nothing. */
  readonly matters: boolean;
}

/** An event whose outcome no run is known to have received. */
export interface OpenPaymentEvent {
  readonly id: string;
  /** Whether the fact it reported is in the books. */
  readonly isApplied: boolean;
}

const PROVIDER = 'stripe';
/** Not in the books, or no run was signalled; the two halves are the conditions of two indexes. */
const UNSETTLED = Prisma.sql`(applied_at IS NULL OR (report IS NOT NULL AND signalled_at IS NULL))`;

/** Events of the payment provider: they report which intent to read, never its state. */
export class PaymentInboxRepository {
  constructor(private readonly db: Database) {}

  /**
   * Stores an event, once.
   *
   * @returns the order to sync; null when the books have it already, no order has the intent yet, the event
   *   came before, or a call is under way that will return the answer itself: the sweeper syncs the rest
   */
  async receive({ eventId, type, objectId, occurredAt, matters }: PaymentEvent): Promise<OrderId | null> {
    const rows = await this.db.$queryRaw<{ orderId: OrderId | null }[]>`
      WITH about AS (
        SELECT o.id, o.intent_status = ANY(${[...(STATES_AFTER_EVENT[type] ?? [])]}) AS known,
          EXISTS (SELECT 1 FROM effect e WHERE e.order_id = o.id AND e.state = 'started') AS busy
        FROM orders o WHERE o.intent_id = ${objectId}),
      judged AS (
        SELECT CASE WHEN NOT ${matters} THEN 'ignored' WHEN (SELECT known FROM about) THEN 'known' END AS verdict),
      stored AS (
        INSERT INTO inbox_event (provider, event_id, type, object_id, order_id, occurred_at, applied_at, verdict)
        SELECT ${PROVIDER}, ${eventId}, ${type}, ${objectId}, (SELECT id FROM about), ${occurredAt}::timestamptz,
          CASE WHEN verdict IS NOT NULL THEN now() END, verdict FROM judged
        ON CONFLICT (provider, event_id) DO NOTHING RETURNING order_id, verdict)
      SELECT a.id::text AS "orderId" FROM stored s JOIN about a ON a.id = s.order_id
      WHERE s.verdict IS NULL AND NOT a.busy`;
    return rows[0]?.orderId ?? null;
  }

  /** Events about an intent that are not settled. */
  async open(intentId: string): Promise<OpenPaymentEvent[]> {
    return this.db.$queryRaw<OpenPaymentEvent[]>`
      SELECT id::text AS id, applied_at IS NOT NULL AS "isApplied" FROM inbox_event
      WHERE provider = ${PROVIDER} AND object_id = ${intentId} AND ${UNSETTLED}`;
  }

  /** Settles events whose facts the books have by now; not those that another worker settles. */
  async settleKnown(): Promise<void> {
    const knownStates = Object.entries(STATES_AFTER_EVENT).flatMap(([type, states]) =>
      states.map((state) => ({ type, state })),
    );
    await this.db.$executeRaw`
      WITH known AS (
        SELECT i.id, o.id AS order_id
        FROM inbox_event i JOIN orders o ON o.intent_id = i.object_id
          JOIN jsonb_to_recordset(${JSON.stringify(knownStates)}::jsonb) AS t (type text, state text)
            ON t.type = i.type AND t.state = o.intent_status
        WHERE i.provider = ${PROVIDER} AND i.applied_at IS NULL FOR UPDATE OF i SKIP LOCKED)
      UPDATE inbox_event i SET applied_at = now(), verdict = 'known', order_id = k.order_id
      FROM known k WHERE i.id = k.id`;
  }

  /** Notes that the books had the facts of these events already: no run is to be signalled. */
  async markKnown(orderId: OrderId, events: readonly OpenPaymentEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.db.inboxEvent.updateMany({
      where: { id: { in: idsOf(events) }, appliedAt: null },
      data: { appliedAt: new Date(), verdict: 'known', orderId },
    });
  }

  /** Notes that the runs were signalled the changes of these events. */
  async markSignalled(events: readonly OpenPaymentEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.db.inboxEvent.updateMany({
      where: { id: { in: idsOf(events) } },
      data: { signalledAt: new Date() },
    });
  }

  /** Orders with an event that is not settled. @param olderThan milliseconds */
  async unsettled(olderThan: number, limit: number): Promise<OrderId[]> {
    const rows = await this.db.$queryRaw<{ id: OrderId }[]>`
      SELECT DISTINCT o.id::text AS id FROM inbox_event i JOIN orders o ON o.intent_id = i.object_id
      WHERE i.provider = ${PROVIDER} AND ${UNSETTLED}
        AND i.received_at < now() - ${olderThan} * interval '1 millisecond' LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }
}

const idsOf = (events: readonly OpenPaymentEvent[]) => events.map(({ id }) => id);
