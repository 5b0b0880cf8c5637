/** The newest events that are not applied, so many at most, are counted: those of no order are never applied. */
const EVENTS_COUNTED = 10_000;
/** The format of an order's id; a reference in another format belongs to no order. */
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** Events that are not applied, each with whether an order or a parcel is known that it is about. */
const OPEN_EVENTS = `
  SELECT e.received_at, CASE
      WHEN e.provider = 'stripe' THEN (SELECT o.id FROM orders o WHERE o.intent_id = e.object_id)
      WHEN e.reference IS NULL THEN (SELECT s.id FROM shipment s WHERE s.tracking_number = e.object_id LIMIT 1)
      WHEN e.reference ~ '${UUID}' THEN (SELECT s.id FROM shipment s WHERE s.order_id = e.reference::uuid LIMIT 1)
    END IS NOT NULL AS is_matched
  FROM (SELECT provider, object_id, reference, received_at FROM inbox_event WHERE applied_at IS NULL
    ORDER BY received_at DESC LIMIT ${EVENTS_COUNTED}) e`;

/** What is stored and not passed on yet: its rows, and since when each waits. Every condition has an index. */
const BACKLOG = {
  // A further run is due since the change that asked for it.
  order_starts: [
    'orders',
    'CASE WHEN run > 1 THEN updated_at ELSE created_at END',
    'started_at IS NULL AND closed_at IS NULL',
  ],
  refund_starts: ['refund', 'requested_at', 'started_at IS NULL'],
  cancellations: ['cancellation', 'requested_at', 'signalled_at IS NULL AND decided_at IS NULL'],
  payment_attempts: ['payment_attempt', 'requested_at', 'signalled_at IS NULL'],
  operator_answers: [
    'attention',
    'resolved_at',
    'resolved_at IS NOT NULL AND signalled_at IS NULL AND action IS NOT NULL',
  ],
  events_unapplied: ['open_event', 'received_at', 'is_matched'],
  events_unmatched: ['open_event', 'received_at', 'NOT is_matched'],
  outgoing_events: ['outbox_event', 'time', 'sequence IS NULL'],
  // Of endpoints that fail, the endpoints are counted.
  webhook_deliveries: [
    'webhook_delivery',
    'due_at',
    `due_at <= now() AND endpoint_id IN (SELECT id FROM webhook_endpoint WHERE status = 'enabled' AND failures = 0)`,
  ],
  events_unsignalled: ['inbox_event', 'applied_at', 'report IS NOT NULL AND signalled_at IS NULL'],
} as const satisfies Readonly<Record<string, readonly [table: string, since: string, condition: string]>>;

export type BacklogQueue = keyof typeof BACKLOG;
export const BACKLOG_QUEUES = Object.keys(BACKLOG) as BacklogQueue[];

const age = (since: string) =>
  `GREATEST(COALESCE(EXTRACT(epoch FROM now() - min(${since})), 0), 0)::float8 AS age`;

export const FIGURES = {
  openOrders: `SELECT status, count(*)::int AS count FROM orders WHERE closed_at IS NULL GROUP BY status`,
  waits: `
    SELECT step, 'all' AS state, count(*)::int AS count FROM order_wait GROUP BY step
    UNION ALL
    SELECT step, CASE WHEN next_try_at IS NULL THEN 'parked' ELSE 'retrying' END AS state, count(*)::int
    FROM order_wait WHERE last_error IS NOT NULL GROUP BY 1, 2`,
  openAttentions: `
    SELECT kind, count(*)::int AS count, ${age('opened_at')} FROM attention WHERE resolved_at IS NULL GROUP BY kind`,
  backlog: `WITH open_event AS (${OPEN_EVENTS}) ${Object.entries(BACKLOG)
    .map(
      ([queue, [table, since, condition]]) =>
        `SELECT '${queue}' AS queue, count(*)::int AS count, ${age(since)} FROM ${table} WHERE ${condition}`,
    )
    .join(' UNION ALL ')}`,
  webhookEndpoints: `
    SELECT CASE WHEN status = 'disabled' THEN 'disabled_' || disabled_reason
      WHEN failing_since IS NULL THEN 'enabled' ELSE 'failing' END AS state, count(*)::int AS count
    FROM webhook_endpoint GROUP BY 1`,
  lostRuns: `SELECT COALESCE(sum(alarm_runs), 0)::int AS count FROM run_look`,
  stuckRuns: `
    SELECT reason AS cause, count(*)::int AS count FROM attention
    WHERE kind = 'run_stuck' AND resolved_at IS NULL GROUP BY reason`,
  openDiscrepancies: `SELECT kind, count(*)::int AS count FROM discrepancy WHERE closed_at IS NULL GROUP BY kind`,
} as const;
