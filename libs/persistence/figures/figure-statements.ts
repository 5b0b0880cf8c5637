/** What is stored and not passed on yet: its rows, and since when each waits. Every condition has an index. */
const BACKLOG = {
  order_starts: ['orders', 'created_at', 'started_at IS NULL AND closed_at IS NULL'],
  refund_starts: ['refund', 'requested_at', 'started_at IS NULL'],
  cancellations: ['cancellation', 'requested_at', 'signalled_at IS NULL AND decided_at IS NULL'],
  payment_attempts: ['payment_attempt', 'requested_at', 'signalled_at IS NULL'],
  operator_answers: [
    'attention',
    'resolved_at',
    'resolved_at IS NOT NULL AND signalled_at IS NULL AND action IS NOT NULL',
  ],
  events_unapplied: ['inbox_event', 'received_at', 'applied_at IS NULL'],
  events_untold: ['inbox_event', 'applied_at', 'report IS NOT NULL AND signalled_at IS NULL'],
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
  backlog: Object.entries(BACKLOG)
    .map(
      ([queue, [table, since, condition]]) =>
        `SELECT '${queue}' AS queue, count(*)::int AS count, ${age(since)} FROM ${table} WHERE ${condition}`,
    )
    .join(' UNION ALL '),
  lostRuns: `SELECT COALESCE(sum(alarm_runs), 0)::int AS count FROM run_look`,
  openDiscrepancies: `SELECT kind, count(*)::int AS count FROM discrepancy WHERE closed_at IS NULL GROUP BY kind`,
} as const;
