/** A metric of the Temporal SDK, which it shows once there was something to measure. */
interface SdkMetric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: 'seconds' | null;
  readonly labels: readonly string[];
  readonly help: string;
}

/** What the SDK measures in a worker. https://docs.temporal.io/references/sdk-metrics */
export const TEMPORAL_METRICS: Readonly<Record<string, SdkMetric>> = {
  temporal_request_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'operation'],
    help: 'Calls to Temporal',
  },
  temporal_request_failure_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'operation', 'status_code'],
    help: 'Calls to Temporal that failed',
  },
  temporal_request_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'operation'],
    help: 'Time a call to Temporal took',
  },
  temporal_long_request_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'operation', 'task_queue'],
    help: 'Calls that wait for a task',
  },
  temporal_long_request_failure_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'operation', 'status_code'],
    help: 'Calls that wait for a task and failed',
  },
  temporal_long_request_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'operation', 'task_queue'],
    help: 'Time a call waited for a task',
  },
  temporal_worker_start_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue'],
    help: 'Workers that were started in this process, one for each task queue',
  },
  temporal_num_pollers: {
    type: 'gauge',
    unit: null,
    labels: ['namespace', 'task_queue', 'poller_type'],
    help: 'Calls that wait for a task now',
  },
  temporal_worker_task_slots_available: {
    type: 'gauge',
    unit: null,
    labels: ['namespace', 'task_queue', 'worker_type'],
    help: 'Tasks that could run in addition',
  },
  temporal_worker_task_slots_used: {
    type: 'gauge',
    unit: null,
    labels: ['namespace', 'task_queue', 'worker_type'],
    help: 'Tasks that run now',
  },
  temporal_sticky_cache_hit_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Workflow tasks whose run was in the cache',
  },
  temporal_sticky_cache_miss_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Workflow tasks whose run had left the cache, and was replayed',
  },
  temporal_sticky_cache_size: {
    type: 'gauge',
    unit: null,
    labels: ['namespace', 'task_queue'],
    help: 'Runs in the cache',
  },
  temporal_sticky_cache_total_forced_eviction_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Runs that had to leave the cache for others',
  },
  temporal_workflow_task_queue_poll_succeed_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Workflow tasks that were received',
  },
  temporal_workflow_task_queue_poll_empty_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue'],
    help: 'Calls that waited and received no workflow task',
  },
  temporal_workflow_task_schedule_to_start_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Time a workflow task waited for a worker',
  },
  temporal_workflow_task_execution_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Time a workflow task took',
  },
  temporal_workflow_task_replay_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Time the replay of a run took',
  },
  temporal_workflow_task_execution_failed_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type', 'failure_reason'],
    help: 'Workflow tasks that failed: their run waits until the code is repaired',
  },
  temporal_workflow_completed_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Runs that came to their end',
  },
  temporal_workflow_failed_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Runs that failed',
  },
  temporal_workflow_canceled_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Runs that were cancelled at Temporal',
  },
  temporal_workflow_endtoend_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type'],
    help: 'Time from the start of a run to its end',
  },
  temporal_activity_poll_no_task_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue'],
    help: 'Calls that waited and received no activity',
  },
  temporal_activity_task_received_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type', 'eager'],
    help: 'Attempts of activities that were received',
  },
  temporal_activity_schedule_to_start_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue'],
    help: 'Time an attempt waited for a worker',
  },
  temporal_activity_execution_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type'],
    help: 'Time an attempt took',
  },
  temporal_activity_execution_failed_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type', 'failure_reason'],
    help: 'Attempts that failed',
  },
  temporal_activity_execution_cancelled_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type'],
    help: 'Attempts that were cancelled',
  },
  temporal_activity_succeed_endtoend_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type'],
    help: 'Time from the first attempt of an activity to its success',
  },
  temporal_local_activity_total_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type'],
    help: 'Attempts of local activities',
  },
  temporal_local_activity_execution_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type'],
    help: 'Time an attempt at a local activity took',
  },
  temporal_local_activity_execution_failed_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type', 'failure_reason'],
    help: 'Attempts at local activities that failed',
  },
  temporal_local_activity_execution_cancelled_total: {
    type: 'counter',
    unit: null,
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type'],
    help: 'Attempts at local activities that were cancelled',
  },
  temporal_local_activity_succeed_endtoend_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['namespace', 'task_queue', 'workflow_type', 'activity_type'],
    help: 'Time from the first attempt of a local activity to its success',
  },
};
