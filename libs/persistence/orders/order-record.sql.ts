import { Prisma } from '../generated/client.js';

/** RFC 3339 in UTC with milliseconds, made by the database so that JSON from it needs no second pass. */
export const time = (column: string) =>
  Prisma.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** The order of an order's waits: it is shown to wait for the first. */
export const firstWait = (w: string) =>
  Prisma.raw(`${w}.last_error IS NULL, ${w}.since DESC, ${w}.step DESC`);

/** An AttentionRecord of `a`. */
export const selectAttention = Prisma.sql`jsonb_build_object(
  'id', a.id, 'kind', a.kind, 'step', a.step, 'isCompensation', a.is_compensation, 'reason', a.reason, 'refundId', a.refund_id,
  'discrepancyId', a.discrepancy_id, 'openedAt', ${time('a.opened_at')})`;

/** One row `{ "order": OrderRecord }` for each of `o`, a table expression of orders; `more` adds columns. */
export const selectOrders = (o: Prisma.Sql, more?: Prisma.Sql) => Prisma.sql`
  SELECT jsonb_build_object(
    'id', o.id, 'number', o.number, 'version', o.version,
    'status', o.status, 'payment', o.payment, 'fulfilment', o.fulfilment,
    'endReason', CASE WHEN o.end_code IS NOT NULL THEN jsonb_build_object('code', o.end_code, 'by', o.end_by) END,
    'customer', CASE WHEN o.customer_email IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
      'id', o.customer_id, 'name', o.customer_name, 'email', o.customer_email)) END,
    'shippingAddress', o.shipping_address,
    'currency', o.currency,
    'totals', jsonb_build_object('subtotal', o.subtotal, 'shipping', o.shipping, 'discount', o.discount, 'tax', o.tax, 'total', o.total),
    'paymentMethod', o.payment_method, 'attempt', o.attempt,
    'decline', CASE WHEN o.decline_code IS NOT NULL THEN jsonb_build_object(
      'attempt', o.declined_attempt, 'code', o.decline_code) END, 'holdUntil', ${time('o.hold_until')},
    'dispute', (SELECT jsonb_build_object('id', d.id, 'status', d.status, 'amount', d.amount)
      FROM dispute d WHERE d.order_id = o.id ORDER BY d.opened_at DESC LIMIT 1),
     'acceptedAmount', o.accepted_amount, 'intentId', o.intent_id, 'intentStatus', o.intent_status, 'policy', o.policy, 'requestId', o.request_id,
    'createdAt', ${time('o.created_at')}, 'updatedAt', ${time('o.updated_at')}, 'closedAt', ${time('o.closed_at')},
    'booked', (SELECT COALESCE(jsonb_object_agg(k.kind, k.amount), '{}') FROM (
        SELECT t.kind, sum(t.amount) AS amount FROM ledger_transaction t WHERE t.order_id = o.id GROUP BY t.kind) k),
    'lines', (SELECT jsonb_agg(jsonb_build_object(
        'id', l.id, 'sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'unitPrice', l.unit_price, 'taxRate', l.tax_rate
      ) ORDER BY l.position) FROM order_line l WHERE l.order_id = o.id),
    'shipments', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'id', s.id, 'carrier', s.carrier, 'trackingNumber', s.tracking_number, 'trackingUrl', s.tracking_url,
        'status', s.status
      ) ORDER BY s.created_at), '[]') FROM shipment s WHERE s.order_id = o.id),
    'attention', (SELECT COALESCE(jsonb_agg(${selectAttention} ORDER BY a.opened_at), '[]') FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL),
    'waits', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'step', w.step, 'since', ${time('w.since')}, 'attempt', w.attempt, 'nextTryAt', ${time('w.next_try_at')},
        'deadline', ${time('w.deadline')}, 'lastError', w.last_error
      ) ORDER BY ${firstWait('w')}), '[]') FROM order_wait w WHERE w.order_id = o.id)
  ) AS "order"${more ? Prisma.sql`, ${more}` : Prisma.empty}
  FROM ${o} o`;
