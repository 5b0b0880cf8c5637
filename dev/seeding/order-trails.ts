import { seed, type Seeding } from './seed-statements.js';

/**
 * What orders leave behind in the other tables: their events, bookings, keys and carrier's events; of some a refund, a
 * cancellation or a discrepancy; and events that match no order.
 *
 * @param prefix of the numbers of the orders, whose rest is a whole number
 */
export async function addTrails(databaseUrl: string, prefix: string): Promise<void> {
  const statements = TRAILS.map((statement): Seeding => [statement, [prefix]]);
  await seed(databaseUrl, [...statements, ['ANALYZE']], { isTrusted: true });
}

/** The orders, with their number as `n`. */
const ORDERS = `(SELECT *, substr(number, length($1::text) + 1)::int AS n FROM orders WHERE starts_with(number, $1)) o`;

const TRAILS = [
  `
  INSERT INTO order_event (order_id, at, type, actor)
  SELECT o.id, o.created_at + e.position * interval '1 second', e.type, e.actor
  FROM ${ORDERS}, (VALUES (1, 'order.accepted', 'bench'), (2, 'inventory.reserved', 'workflow'),
    (3, 'payment.captured', 'gateway'), (4, 'shipment.created', 'carrier'), (5, 'shipment.delivered', 'carrier'),
    (6, 'order.closed', 'workflow')) e (position, type, actor)
  WHERE e.position <= 4 OR o.closed_at IS NOT NULL`,
  `
  INSERT INTO ledger_transaction (order_id, kind, object_id, amount, currency, at)
  SELECT o.id, 'captured', 'pi_' || o.id, o.total, o.currency, o.created_at FROM ${ORDERS} WHERE o.payment = 'captured'`,
  `
  INSERT INTO ledger_entry (transaction_id, account, amount)
  SELECT t.id, e.account, e.sign * t.amount
  FROM ${ORDERS} JOIN ledger_transaction t ON t.order_id = o.id, (VALUES ('gateway', 1), ('customer_deposits', -1)) e (account, sign)`,
  `
  INSERT INTO idempotency_key (principal, operation, key, request_hash, order_id, created_at)
  SELECT 'bench', 'placeOrder', o.id::text, md5(o.id::text), o.id, o.created_at FROM ${ORDERS}`,
  `
  INSERT INTO inbox_event (provider, event_id, type, object_id, order_id, occurred_at, received_at, applied_at, verdict)
  SELECT 'carrier', 'evt_' || o.number, 'shipment.delivered', 'TRK-' || o.n, o.id, o.created_at, o.created_at, now(), 'news'
  FROM ${ORDERS} WHERE o.status = 'delivered'`,
  `
  INSERT INTO inbox_event (provider, event_id, type, object_id, occurred_at, received_at, applied_at, verdict)
  SELECT CASE WHEN o.n % 500 = 0 THEN 'stripe' ELSE 'carrier' END, 'unmatched_' || o.number, 'unknown.type',
    'unknown_' || o.n, o.created_at, o.created_at, now(), 'ignored'
  FROM ${ORDERS} WHERE o.n % 100 = 0`,
  `
  INSERT INTO refund (id, order_id, amount, reason, state, requested_by, requested_at, settled_at, started_at)
  SELECT gen_random_uuid(), o.id, 100, 'requested_by_customer', 'succeeded', 'bench', o.created_at, now(), o.created_at
  FROM ${ORDERS} WHERE o.status = 'delivered' AND o.n % 50 = 1`,
  `
  INSERT INTO cancellation (order_id, state, requested_by, requested_at, decided_at, signalled_at)
  SELECT o.id, 'accepted', 'bench', o.created_at, now(), now() FROM ${ORDERS} WHERE o.status = 'cancelled'`,
  `
  INSERT INTO discrepancy (kind, object_id, order_id, expected, found, currency, opened_at, closed_at, closed_by)
  SELECT 'missing_refund', 'discrepancy_' || o.number, o.id, 100, 0, o.currency, o.created_at,
    CASE WHEN o.n % 1000 <> 0 THEN now() END, CASE WHEN o.n % 1000 <> 0 THEN 'bench' END
  FROM ${ORDERS} WHERE o.n % 100 = 0`,
] as const;
