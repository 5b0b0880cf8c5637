import type { WorkerDeploymentVersion } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';

import type { Environment } from '#libs/config/environment';
import { TASK_QUEUES } from '#libs/contracts/workflows/order-workflow';

import { OrderActivityInterceptor } from './telemetry/activity.interceptor.js';
import { ActivitySpans } from './telemetry/activity-spans.js';
import type { RequestIds } from './telemetry/request-ids.js';
import { orderActivities, type Ports } from './activities/activities.js';
import { WORKFLOW_INTERCEPTORS } from './workflow-code.js';
import { versioning } from './worker-version.js';

/** How many tasks of each kind a worker runs at once, and how many runs it remembers. */
export interface Concurrency {
  readonly activities: number;
  readonly emails: number;
  readonly workflowTasks: number;
  readonly cachedRuns: number;
}

/** As WORKER_ACTIVITIES, WORKER_EMAILS, WORKER_WORKFLOW_TASKS and WORKER_CACHED_RUNS have it. */
export function concurrencyOf(worker: Environment<'worker'>['worker']): Concurrency {
  return {
    activities: worker.WORKER_ACTIVITIES,
    emails: worker.WORKER_EMAILS,
    workflowTasks: worker.WORKER_WORKFLOW_TASKS,
    cachedRuns: worker.WORKER_CACHED_RUNS,
  };
}

/** Milliseconds after its grace in which a worker that is stopped must have handed back what still runs. */
const HANDING_BACK = 5_000;

export interface OrderWorkersOptions extends Ports {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Where the workflow's code is: a prebuilt bundle, or sources to bundle now. */
  readonly workflows: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'>;
  /** The task queues to take tasks from; left out, all of orders. */
  readonly taskQueues?: readonly string[];
  /** How long a stop waits for what is running before it is handed back, in milliseconds. */
  readonly shutdownGrace: number;
  readonly concurrency: Concurrency;
  /** Left out or null, the workers are not versioned. */
  readonly version?: WorkerDeploymentVersion | null;
  /** Where the requests that placed orders are known, for the log. */
  readonly requests?: RequestIds;
}

/** One worker for each task queue: emails have their own, so that a mail outage never holds up payments. */
export async function createOrderWorkers(options: OrderWorkersOptions): Promise<Worker[]> {
  const activities = orderActivities(options);
  const { concurrency } = options;
  const shared = {
    connection: options.connection,
    namespace: options.namespace,
    ...versioning(options.version ?? null),
    shutdownGraceTime: options.shutdownGrace,
    shutdownForceTime: options.shutdownGrace + HANDING_BACK,
    interceptors: {
      activity: [
        // Outside of the other, so that its lines of the log are within the span.
        () => ({ inbound: new ActivitySpans() }),
        () => ({
          inbound: new OrderActivityInterceptor(
            options.store.waits,
            options.logger,
            options.metrics,
            options.requests,
          ),
        }),
      ],
      // Where they are not in a prebuilt bundle.
      ...('workflowsPath' in options.workflows && { workflowModules: WORKFLOW_INTERCEPTORS }),
    },
  } satisfies Partial<WorkerOptions>;
  const orders = {
    ...shared,
    ...options.workflows,
    taskQueue: TASK_QUEUES.orders,
    activities: { ...activities.orders, ...activities.atOnce },
    // How long a run waits for the worker that knew it before any other may take it: soon after a crash.
    stickyQueueScheduleToStartTimeout: '3s',
    maxConcurrentActivityTaskExecutions: concurrency.activities,
    maxConcurrentWorkflowTaskExecutions: concurrency.workflowTasks,
    // The SDK's own number grows with the machine's memory. A run that another worker went on with stays until it is full.
    maxCachedWorkflows: concurrency.cachedRuns,
    // Each holds up a workflow task: a mail server that does not answer must leave most of them free.
    maxConcurrentLocalActivityExecutions: Math.ceil(concurrency.workflowTasks / 4),
  } satisfies WorkerOptions;
  const email = {
    ...shared,
    taskQueue: TASK_QUEUES.email,
    activities: activities.email,
    maxConcurrentActivityTaskExecutions: concurrency.emails,
  } satisfies WorkerOptions;
  const taken = [orders, email].filter(
    ({ taskQueue }) => options.taskQueues === undefined || options.taskQueues.includes(taskQueue),
  );
  return Promise.all(taken.map((worker) => Worker.create(worker)));
}
