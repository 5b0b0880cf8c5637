/** A metric of ours. Names and units by Prometheus and OpenTelemetry; docs/metrics.md lists them all. */
export interface MetricRule {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What one is; null for a number of something that the help names. */
  readonly unit: 'seconds' | 'minor units' | null;
  readonly labels: readonly string[];
  /** The processes that have it. */
  readonly of: readonly ('api' | 'worker')[];
  readonly help: string;
  /** Of a histogram: the upper bounds, in its unit. */
  readonly buckets?: readonly number[];
}

const BOTH = ['api', 'worker'] as const;
const API = ['api'] as const;
const WORKER = ['worker'] as const;

/** https://opentelemetry.io/docs/specs/semconv/http/http-metrics/, and longer, as a caller may wait for an outcome. */
const REQUEST_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30,
] as const;
/** Up to PROVIDER_TIMEOUT. */
const CALL_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15] as const;

/** Up to what an activity may take. */
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] as const;

/** From a change to its delivery: mostly what the sequencer waits, and up to what retries take. */
const DELAY_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600, 3_600, 36_000] as const;

export const METRICS = {
  http_server_request_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['operation', 'http_response_status_code'],
    of: API,
    help: 'Time from a request to its answer, of an event stream to its beginning, by the operationId of openapi.json (documents, none: no operation) and status (aborted: the caller left)',
    buckets: REQUEST_BUCKETS,
  },
  http_server_active_requests: {
    type: 'gauge',
    unit: null,
    labels: [],
    of: API,
    help: 'Requests that are not answered yet',
  },
  event_streams_open: {
    type: 'gauge',
    unit: null,
    labels: [],
    of: API,
    help: 'Event streams that are open',
  },
  event_streams_closed_total: {
    type: 'counter',
    unit: null,
    labels: ['reason'],
    of: API,
    help: 'Event streams that were closed: reader (it left), slow (it took nothing), key (it works no more), duration, stopping or failed',
  },
  orders_accepted_total: {
    type: 'counter',
    unit: null,
    labels: ['currency'],
    of: API,
    help: 'Orders that were stored',
  },
  orders_ended_total: {
    type: 'counter',
    unit: null,
    labels: ['status', 'reason'],
    of: WORKER,
    help: 'Orders whose run has nothing left to do, by how they ended and why (none: delivered)',
  },
  order_money_booked_total: {
    type: 'counter',
    unit: 'minor units',
    labels: ['kind', 'currency'],
    of: BOTH,
    help: 'Money that this process booked, by the kind of ledger transaction: captured, refund_succeeded, dispute_withdrawn, …',
  },
  order_steps_parked_total: {
    type: 'counter',
    unit: null,
    labels: ['step'],
    of: WORKER,
    help: 'Steps, compensations and refunds that were parked for an operator',
  },
  order_activity_retries_total: {
    type: 'counter',
    unit: null,
    labels: ['activity'],
    of: WORKER,
    help: 'Attempts of activities after the first one',
  },
  order_activity_failures_total: {
    type: 'counter',
    unit: null,
    labels: ['activity', 'kind'],
    of: WORKER,
    help: 'Attempts of activities that failed: refusal, outage, attention (an operator decides), contradiction (also where syncPayment goes on without the answer) or bug',
  },
  provider_call_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['provider', 'operation', 'outcome'],
    of: BOTH,
    help: 'Calls to stripe, carrier and smtp, lookups among them, by outcome: done, refused, outage, contradiction (carrier only) or error; waiting for the limit is part of it',
    buckets: CALL_BUCKETS,
  },
  provider_limit_wait_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['provider', 'priority'],
    of: WORKER,
    help: 'Time that a request waited until STRIPE_RATE_LIMIT, CARRIER_RATE_LIMIT or SMTP_RATE_LIMIT admitted it, by priority: normal or compensation',
    buckets: WAIT_BUCKETS,
  },
  orders_open: {
    type: 'gauge',
    unit: null,
    labels: ['status'],
    of: WORKER,
    help: 'Orders that have not come to their end, by status',
  },
  order_waits: {
    type: 'gauge',
    unit: null,
    labels: ['step', 'state'],
    of: WORKER,
    help: 'Steps that orders wait for: waiting (for an answer or an arrival), retrying after a failure, or parked',
  },
  order_attentions_open: {
    type: 'gauge',
    unit: null,
    labels: ['kind'],
    of: WORKER,
    help: 'Open attentions: questions and notices for an operator',
  },
  order_attention_oldest_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['kind'],
    of: WORKER,
    help: 'How long the oldest open attention has been open; 0 where none is',
  },
  order_backlog: {
    type: 'gauge',
    unit: null,
    labels: ['queue'],
    of: WORKER,
    help: 'Stored and not passed on: incoming events that are not applied, signals that runs have not received, and events that are not sent (due, to endpoints that do not fail)',
  },
  order_backlog_oldest_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['queue'],
    of: WORKER,
    help: 'How long the oldest of them has waited; 0 where there is none',
  },
  order_discrepancies_open: {
    type: 'gauge',
    unit: null,
    labels: ['kind'],
    of: WORKER,
    help: 'Open differences between the payment provider and our ledger',
  },
  order_runs_lost: {
    type: 'gauge',
    unit: null,
    labels: [],
    of: WORKER,
    help: 'Lost runs that the last look found, at least, where they are more than LOST_RUN_LIMIT; else 0',
  },
  order_figures_read_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['figure'],
    of: WORKER,
    help: 'When the gauges that come from the database were last read, the start of the worker before that; the gauges are left out while they cannot be',
  },
  order_runs_stuck: {
    type: 'gauge',
    unit: null,
    labels: ['cause'],
    of: WORKER,
    help: 'Open orders with the attention run_stuck, by its cause: their run is there and does not go on; 1,000 at the most',
  },
  sweeper_last_sweep_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: [],
    of: WORKER,
    help: 'When the sweeper of this worker last went through all its duties; its start before that',
  },
  sweeper_repeated_total: {
    type: 'counter',
    unit: null,
    labels: ['duty'],
    of: WORKER,
    help: 'What the sweeper did because it had been stored and not done: in quiet times it stands still',
  },
  sweeper_failures_total: {
    type: 'counter',
    unit: null,
    labels: ['duty'],
    of: WORKER,
    help: 'Duties of the sweeper that failed, and are repeated with the next sweep',
  },
  sweeper_removed_rows_total: {
    type: 'counter',
    unit: null,
    labels: ['table'],
    of: WORKER,
    help: 'Rows that were past their age and were removed, by table',
  },
  webhook_attempt_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['outcome'],
    of: WORKER,
    help: 'Attempts to deliver an event to an endpoint, by outcome: delivered, or why not (status, redirect, timeout, connection, name, tls, address, secret, event_gone)',
    buckets: CALL_BUCKETS,
  },
  webhook_delay_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: [],
    of: WORKER,
    help: 'Time from a change to the delivery of its event to an endpoint, retries included; replays and what was delivered again are not counted',
    buckets: DELAY_BUCKETS,
  },
  webhook_endpoints: {
    type: 'gauge',
    unit: null,
    labels: ['state'],
    of: WORKER,
    help: 'Endpoints that events are sent to: enabled, failing (enabled, and the last attempt failed), or why they are disabled: disabled_operator, disabled_failing, disabled_gone',
  },
  db_client_connection_count: {
    type: 'gauge',
    unit: null,
    labels: ['db_client_connection_state'],
    of: BOTH,
    help: 'Connections to PostgreSQL in the pool of this process: used or idle',
  },
  db_client_connection_max: {
    type: 'gauge',
    unit: null,
    labels: [],
    of: BOTH,
    help: 'Connections that the pool may have: DATABASE_POOL_SIZE',
  },
  db_client_connection_pending_requests: {
    type: 'gauge',
    unit: null,
    labels: [],
    of: BOTH,
    help: 'Statements and transactions that wait for a free connection',
  },
} as const satisfies Readonly<Record<string, MetricRule>>;

export type MetricName = keyof typeof METRICS;
export type MetricOf<T extends MetricRule['type']> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[MetricName];
export type LabelOf<N extends MetricName> = (typeof METRICS)[N]['labels'][number];
