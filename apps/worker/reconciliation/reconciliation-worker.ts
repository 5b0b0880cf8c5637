import type { Client } from '@temporalio/client';
import { ApplicationFailure, type WorkerDeploymentVersion } from '@temporalio/common';
import {
  type ActivityExecuteInput,
  type ActivityInboundCallsInterceptor,
  type NativeConnection,
  type Next,
  Worker,
} from '@temporalio/worker';

import { FAILURE_TYPES } from '#libs/contracts/workflows/activities';
import { RECONCILIATION_QUEUE, type ReconcileActivities } from '#libs/contracts/workflows/reconcile-workflow';
import { Outage } from '#libs/domain/order/failure';
import type { GatewayRecords } from '#libs/payments/gateway-records';
import { databaseOutage } from '#libs/persistence/database/database-failure';
import type { Store } from '#libs/persistence/store';
import type { PaymentGateway } from '#libs/payments/payment-gateway';
import type { Carrier } from '#libs/shipping/carrier';
import type { Logger } from '#libs/telemetry/logger';
import type { OrderRuns } from '#libs/temporal/order-runs';

import { ReconciliationActivities } from '../activities/reconciliation/reconcile.activities.js';
import { versioning } from '../worker-version.js';
import { type PaymentSyncer, Reconciliation } from './reconciliation.js';
import { OrphanedRuns } from './orphaned-runs.js';

export interface ReconciliationWorkerOptions {
  readonly store: Store;
  readonly gatewayRecords: GatewayRecords;
  readonly gateway: PaymentGateway;
  readonly carrier: Carrier;
  readonly runs: OrderRuns;
  /** How many runs without an order are ended at most. */
  readonly lostRunLimit: number;
  readonly payments: PaymentSyncer;
  readonly logger: Logger;
  /** Whether the gateway's account takes money for this service only. */
  readonly isExclusive: boolean;
  /** For reading the results of earlier runs. */
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Null for a worker that is not versioned. */
  readonly version: WorkerDeploymentVersion | null;
  /** How long a stop waits for what is running before it is handed back, in milliseconds. */
  readonly shutdownGrace: number;
}

/** Compares books, one comparison at a time. */
export async function createReconciliationWorker(options: ReconciliationWorkerOptions): Promise<Worker> {
  const {
    store,
    gatewayRecords,
    gateway,
    carrier,
    runs,
    lostRunLimit,
    payments,
    logger,
    isExclusive,
    client,
    connection,
    namespace,
    version,
    shutdownGrace,
  } = options;
  const { visibility } = runs;
  const reconciliation = new Reconciliation(store, gatewayRecords, payments, logger, isExclusive, visibility);
  const orphanedRuns = new OrphanedRuns({
    stored: store.runs,
    runs,
    carrier,
    gateway,
    gatewayRecords,
    money: reconciliation,
    logger,
    limit: lostRunLimit,
  });
  const books = new ReconciliationActivities(reconciliation, store.discrepancies, client, orphanedRuns);
  return Worker.create({
    connection,
    namespace,
    ...versioning(version),
    taskQueue: RECONCILIATION_QUEUE,
    activities: {
      compareUnsettled: (window) => books.compareUnsettled(window),
      compareMovements: (window) => books.compareMovements(window),
      countDiscrepancies: () => books.countDiscrepancies(),
      findLastReconciled: () => books.findLastReconciled(),
    } satisfies ReconcileActivities,
    maxConcurrentActivityTaskExecutions: 1,
    shutdownGraceTime: shutdownGrace,
    interceptors: { activity: [() => ({ inbound: new CodesOnly(logger) })] },
  });
}

/** A failure that reaches a history carries a code, never a message of a provider or the database. */
class CodesOnly implements ActivityInboundCallsInterceptor {
  constructor(private readonly logger: Logger) {}

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      this.logger.warn({ err: error }, 'a comparison of the books was interrupted and will be repeated');
      const outage = error instanceof Outage ? error.code : databaseOutage(error);
      const [type, message] = outage === null ? [FAILURE_TYPES.bug, 'bug'] : [FAILURE_TYPES.outage, outage];
      const failure = ApplicationFailure.create({ type, message, nonRetryable: false });
      failure.stack = '';
      throw failure;
    }
  }
}
