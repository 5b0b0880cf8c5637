import { setTimeout as delay } from 'node:timers/promises';

import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';

import { environmentFor } from '#libs/config/environment';
import { InvalidEnvironment } from '#libs/config/settings';
import { shopOf } from '#libs/mail/shop';
import { SmtpMailer } from '#libs/mail/smtp.mailer';
import { StripeRecords } from '#libs/payments/stripe.records';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { CarrierClient } from '#libs/shipping/carrier.client';
import { refuseUnlimitedPooler } from '#libs/persistence/database/connection-pool';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { DatabaseProbe } from '#libs/persistence/database/database-probe';
import { UnlimitedPooler } from '#libs/persistence/database/session';
import { Store } from '#libs/persistence/store';
import { createLogger, type Logger } from '#libs/telemetry/logger';
import { MonitoringServer } from '#libs/telemetry/monitoring-server';
import { connectionOptions, lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';

import { PaymentSync } from './activities/payments/payment-sync.js';
import { createReconciliationWorker } from './reconciliation/reconciliation-worker.js';
import { LostRuns } from './sweeper/lost-runs.js';
import { TemporalProbe } from './health/temporal-probe.js';
import { WorkerHealth } from './health/worker-health.js';
import { WorkerMetrics } from './telemetry/metrics.js';
import { createOrderWorkers } from './order-workers.js';
import { scheduleReconciliation } from './reconciliation/reconcile-schedule.js';
import { Sweeper } from './sweeper/sweeper.js';
import { workflowCode } from './workflow-code.js';

/** Milliseconds for closing: an attempt that still runs may hold a connection without an end. */
const CLOSING = 3_000;

class NoTemporal extends Error {
  override readonly name = 'NoTemporal';
}

/** Runs until the process gets a stop signal; then finishes its activities or hands them back. */
async function main(): Promise<void> {
  const env = environmentFor([
    'store',
    'temporal',
    'payments',
    'carrier',
    'mail',
    'providers',
    'worker',
    'reconciliation',
    'metrics',
    'logs',
  ]);
  const logger = createLogger('worker', env.logs.LOG_LEVEL);
  installRuntime(logger);

  const timeout = env.providers.PROVIDER_TIMEOUT;
  const limits = databaseLimits(env.store);
  await refuseUnlimitedPooler(env.store.DATABASE_URL, limits);
  const store = Store.open(env.store.DATABASE_URL, env.store.DATABASE_POOL_SIZE, limits);
  const client = lazyClient(env.temporal);
  const runs = new OrderRuns(client, store);
  const mailer = new SmtpMailer({ url: env.mail.SMTP_URL, from: env.mail.MAIL_FROM, timeout });
  const connection = await NativeConnection.connect(connectionOptions(env.temporal)).catch(
    (cause: unknown) => {
      throw new NoTemporal(
        `Temporal does not answer at ${env.temporal.TEMPORAL_ADDRESS}; see TEMPORAL_ADDRESS.`,
        { cause },
      );
    },
  );
  const stripe = {
    secretKey: env.payments.STRIPE_SECRET_KEY,
    apiUrl: env.payments.STRIPE_API_URL,
    timeout,
  };
  const shared = {
    store,
    logger,
    connection,
    namespace: env.temporal.TEMPORAL_NAMESPACE,
    shutdownGrace: env.worker.SHUTDOWN_GRACE,
  };
  const gateway = new StripeGateway(stripe);
  const workers = await createOrderWorkers({
    ...shared,
    runs,
    gateway,
    carrier: new CarrierClient({ url: env.carrier.CARRIER_URL, timeout }),
    mailer,
    shop: shopOf(env.mail),
    shipTo: env.worker.SHIP_TO,
    workflows: workflowCode(),
  });
  const reconciliationWorker = await createReconciliationWorker({
    ...shared,
    client,
    gatewayRecords: new StripeRecords(stripe),
    payments: new PaymentSync(store, gateway, runs, logger),
    isExclusive: env.reconciliation.STRIPE_ACCOUNT_EXCLUSIVE,
  });
  const metrics = new WorkerMetrics(store.discrepancies, store.runLook);
  const probe = new DatabaseProbe(store, env.store.DATABASE_URL, limits);
  const health = new WorkerHealth(
    {
      store,
      database: probe,
      temporal: new TemporalProbe(client),
      workers: [...workers, reconciliationWorker],
    },
    logger,
  );
  const monitoring = new MonitoringServer(
    {
      '/metrics': () => metrics.answer(),
      '/health/live': async () => health.live(),
      '/health/ready': () => health.ready(),
    },
    logger,
  );
  const lostRuns = new LostRuns(store, runs, logger, {
    answer: env.worker.LOST_RUN,
    limit: env.worker.LOST_RUN_LIMIT,
    interval: env.worker.LOST_RUN_INTERVAL,
  });
  const sweeper = new Sweeper(store, runs, lostRuns, logger, env.worker.SWEEP_INTERVAL);

  const close = async () => {
    await sweeper.stop();
    await monitoring.close();
    await mailer.close();
    await client.connection.close();
    await connection.close();
    await store.close();
    await probe.close();
  };

  try {
    sweeper.start();
    await monitoring.listen(env.metrics.METRICS_HOST, env.metrics.METRICS_PORT, 'METRICS_PORT');
    const running = runTogether([...workers, reconciliationWorker]);
    // Orders do not wait for it; the next worker that starts tries again.
    scheduleReconciliation(client, env.reconciliation.RECONCILE_INTERVAL).catch((error: unknown) => {
      logger.error({ err: error }, 'the reconciliation could not be scheduled');
    });
    logger.info('worker ready');
    await running;
  } finally {
    await Promise.race([close(), delay(CLOSING)]);
    logger.info('worker stopped');
  }
}

/** Runs both until they are stopped; where one fails, the other is stopped first and the failure thrown. */
async function runTogether(workers: readonly Worker[]): Promise<void> {
  const outcomes = await Promise.allSettled(
    workers.map(async (worker) => {
      try {
        await worker.run();
      } catch (error) {
        for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
        throw error;
      }
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** The SDK's messages go to our log, without the values they may contain. */
function installRuntime(logger: Logger): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      // The email queue has activities only, as it should.
      if (message.startsWith('No workflows registered')) return;
      // Logged with order, step and code by the activity interceptor.
      if (message.startsWith('Activity failed')) return;
      const { workflowId, activityType, taskQueue, error } = meta ?? {};
      logger[levels[level]]({ workflowId, activityType, taskQueue, err: error }, message);
    }),
    shutdownSignals: ['SIGTERM', 'SIGINT'],
  });
}

try {
  await main();
  // Nothing waits for the calls of attempts that were handed back.
  process.exit();
} catch (error) {
  const isTold =
    error instanceof InvalidEnvironment || error instanceof UnlimitedPooler || error instanceof NoTemporal;
  if (!isTold) throw error;
  process.stderr.write(`${error.message}\n`);
  // Not exitCode alone: pools that were opened would keep the process alive.
  process.exit(1);
}
