import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { NativeConnection, type Worker } from '@temporalio/worker';

import { RECONCILIATION_QUEUE } from '#libs/contracts/workflows/reconcile-workflow';
import { environmentFor } from '#libs/config/environment';
import { PROGRAM_GROUPS } from '#libs/config/program-groups';
import { ExplainedError } from '#libs/explained-error';
import { shopOf } from '#libs/mail/shop';
import { SmtpMailer } from '#libs/mail/smtp.mailer';
import { StripeRecords } from '#libs/payments/stripe.records';
import { publishedRate } from '#libs/payments/stripe-rate';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { CarrierClient } from '#libs/shipping/carrier.client';
import { refuseUnlimitedPooler } from '#libs/persistence/database/connection-pool';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { DatabaseProbe } from '#libs/persistence/database/database-probe';
import { everyListener } from '#libs/persistence/orders/order-listener';
import { Store } from '#libs/persistence/store';
import { FigureRepository } from '#libs/persistence/figures/figures.repository';
import { MeasuredCalls } from '#libs/providers/measured-calls';
import { ProviderLimits } from '#libs/providers/provider-limits';
import { createLogger } from '#libs/telemetry/logger';
import { startTracing, stopTracing } from '#libs/telemetry/start-tracing';
import { Metrics } from '#libs/telemetry/metrics';
import { OrderLog } from '#libs/telemetry/order-log';
import { OrderMetrics } from '#libs/telemetry/order-metrics';
import { showPool } from '#libs/telemetry/pool-metrics';
import { MonitoringServer } from '#libs/telemetry/monitoring-server';
import { connectionOptions, lazyClient } from '#libs/temporal/connection';
import { GatheredMarks } from '#libs/temporal/run-marks';
import { OrderRuns } from '#libs/temporal/order-runs';
import { noAnswerAt } from '#libs/temporal/temporal-failure';

import { PaymentSync } from './activities/payments/payment-sync.js';
import { promoteOwnBuild } from './deployment/promote-own-build.js';
import { keepPublishing } from './deployment/publish-versions.js';
import { EventSequencer } from './events/event-sequencer.js';
import { createReconciliationWorker } from './reconciliation/reconciliation-worker.js';
import { createWebhookSender } from './webhooks/create-webhook-sender.js';
import { LostRuns } from './sweeper/lost-runs.js';
import { OldRows } from './sweeper/old-rows.js';
import { TemporalProbe } from './health/temporal-probe.js';
import { WorkerHealth } from './health/worker-health.js';
import { ActivityMetrics } from './telemetry/activity-metrics.js';
import { RequestIds } from './telemetry/request-ids.js';
import { OrderFigures } from './telemetry/order-figures.js';
import { SweeperMetrics } from './telemetry/sweeper-metrics.js';
import { installRuntime, sdkMetrics } from './telemetry/temporal-runtime.js';
import { concurrencyOf, createOrderWorkers } from './order-workers.js';
import { keepScheduling } from './reconciliation/reconcile-schedule.js';
import { StuckRuns } from './sweeper/stuck-runs.js';
import { Sweeper } from './sweeper/sweeper.js';
import { workerVersion } from './worker-version.js';
import { workflowCode } from './workflow-code.js';

/** Milliseconds for closing: an attempt that still runs may hold a connection without an end. */
const CLOSING = 3_000;

class NoTemporal extends ExplainedError {
  override readonly name = 'NoTemporal';
}

/** Runs until the process gets a stop signal; then finishes its activities or hands them back. */
async function main(): Promise<void> {
  const env = environmentFor(PROGRAM_GROUPS.worker);
  const logger = createLogger('worker', env.logs.LOG_LEVEL);
  await startTracing(env.traces, 'order-worker', logger);
  const version = workerVersion(env.deployment);
  const metrics = new Metrics();
  const calls = new MeasuredCalls(metrics);

  const timeout = env.providers.PROVIDER_TIMEOUT;
  const limits = databaseLimits(env.store);
  await refuseUnlimitedPooler(env.store.DATABASE_URL, limits);
  const requests = new RequestIds();
  const store = Store.open(
    env.store.DATABASE_URL,
    env.store.DATABASE_POOL_SIZE,
    limits,
    everyListener(new OrderMetrics(metrics, 'worker'), new OrderLog(logger), requests),
  );
  const sdkMetricsPort = await freePort();
  installRuntime(logger, requests, sdkMetricsPort);
  showPool(metrics, () => store.connections());
  const client = lazyClient(env.temporal);
  const runs = new OrderRuns(client, store);
  const marks = new GatheredMarks(store, logger);
  const rates = env.providerRates;
  const providerLimits = new ProviderLimits(metrics);
  const smtp = new SmtpMailer({
    url: env.mail.SMTP_URL,
    from: env.mail.MAIL_FROM,
    timeout,
    limit: providerLimits.of('smtp', rates.SMTP_RATE_LIMIT),
  });
  const connection = await NativeConnection.connect(connectionOptions(env.temporal)).catch(
    (cause: unknown) => {
      throw new NoTemporal(noAnswerAt(env.temporal.TEMPORAL_ADDRESS), { cause });
    },
  );
  const account = { secretKey: env.payments.STRIPE_SECRET_KEY, apiUrl: env.payments.STRIPE_API_URL };
  const stripe = {
    ...account,
    timeout,
    limit: providerLimits.of('stripe', rates.STRIPE_RATE_LIMIT ?? publishedRate(account)),
  };
  const shared = {
    store,
    logger,
    connection,
    namespace: env.temporal.TEMPORAL_NAMESPACE,
    version,
    shutdownGrace: env.worker.SHUTDOWN_GRACE,
  };
  const gateway = calls.of('stripe', new StripeGateway(stripe));
  const carrierLimit = providerLimits.of('carrier', rates.CARRIER_RATE_LIMIT);
  const carrier = calls.of(
    'carrier',
    new CarrierClient({ url: env.carrier.CARRIER_URL, timeout, limit: carrierLimit }),
  );
  const activityMetrics = new ActivityMetrics(metrics);
  const workers = await createOrderWorkers({
    ...shared,
    // The sweeper has its own, whose marks it waits for.
    runs: new OrderRuns(client, store, marks),
    gateway,
    carrier,
    mailer: calls.of('smtp', smtp),
    shop: shopOf(env.mail),
    shipTo: env.worker.SHIP_TO,
    concurrency: concurrencyOf(env.worker),
    workflows: workflowCode(),
    taskQueues: env.worker.WORKER_TASK_QUEUES,
    metrics: activityMetrics,
    requests,
  });
  if (env.worker.WORKER_TASK_QUEUES.includes(RECONCILIATION_QUEUE))
    workers.push(
      await createReconciliationWorker({
        ...shared,
        client,
        runs,
        gateway,
        carrier,
        lostRunLimit: env.worker.LOST_RUN_LIMIT,
        gatewayRecords: calls.of('stripe', new StripeRecords(stripe)),
        payments: new PaymentSync(store, gateway, runs, logger, activityMetrics),
        isExclusive: env.reconciliation.STRIPE_ACCOUNT_EXCLUSIVE,
      }),
    );
  const probe = new DatabaseProbe(store, env.store.DATABASE_URL, limits);
  new OrderFigures(new FigureRepository(probe.separate), logger).showIn(metrics);
  const health = new WorkerHealth(
    {
      store,
      database: probe,
      temporal: new TemporalProbe(client),
      workers,
      version,
    },
    logger,
  );
  const monitoring = new MonitoringServer(
    {
      '/metrics': async () => metrics.answer(await sdkMetrics(logger, sdkMetricsPort)),
      '/health/live': async () => health.live(),
      '/health/ready': () => health.ready(),
    },
    logger,
  );
  const lostRuns = new LostRuns(
    store,
    runs,
    logger,
    {
      answer: env.worker.LOST_RUN,
      limit: env.worker.LOST_RUN_LIMIT,
      interval: env.worker.LOST_RUN_INTERVAL,
    },
    new StuckRuns(store, runs.visibility),
  );
  const sweeperMetrics = new SweeperMetrics(metrics);
  const retention = {
    idempotency_key: env.worker.IDEMPOTENCY_KEY_RETENTION,
    inbox_event: env.worker.INBOX_RETENTION,
    outbox_event: env.worker.EVENT_RETENTION,
    webhook_delivery: env.worker.WEBHOOK_RETENTION,
  };
  const sweeper = new Sweeper(
    store,
    runs,
    lostRuns,
    new OldRows(store.oldRows, retention, logger, sweeperMetrics),
    logger,
    env.worker.SWEEP_INTERVAL,
    sweeperMetrics,
  );

  const sender = await createWebhookSender(store, env.outgoingWebhooks, logger, metrics);
  const sequencer = new EventSequencer(store.events, logger, () => sender?.notice());
  const stopping = new AbortController();
  const close = async () => {
    stopping.abort();
    const exported = stopTracing();
    await sweeper.stop();
    await sequencer.stop();
    await sender?.stop();
    await monitoring.close();
    await smtp.close();
    await client.connection.close();
    await connection.close();
    await marks.flush();
    await store.close();
    await probe.close();
    await exported;
  };

  try {
    sweeper.start();
    sequencer.start();
    sender?.start();
    await monitoring.listen(env.metrics.METRICS_HOST, env.metrics.METRICS_PORT, 'METRICS_PORT');
    const running = runTogether(workers);
    // Orders do not wait for it.
    void keepScheduling(client, env.reconciliation.RECONCILE_INTERVAL, logger, stopping.signal);
    void keepPublishing(client, version, logger, stopping.signal);
    let refused: unknown;
    if (version && env.deployment.TEMPORAL_WORKER_PROMOTES)
      void promoteOwnBuild(client, version, store, logger, stopping.signal).catch((error: unknown) => {
        refused = error;
        stopAll(workers);
      });
    logger.info({ version }, 'worker ready');
    await running;
    if (refused !== undefined) throw refused;
  } finally {
    await Promise.race([close(), delay(CLOSING)]);
    logger.info('worker stopped');
  }
}

/** A port of the loopback interface that is free now, for the SDK, which does not say which one it has taken. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Runs both until they are stopped; where one fails, the other is stopped first and the failure thrown. */
async function runTogether(workers: readonly Worker[]): Promise<void> {
  const outcomes = await Promise.allSettled(
    workers.map(async (worker) => {
      try {
        await worker.run();
      } catch (error) {
        stopAll(workers);
        throw error;
      }
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

function stopAll(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

try {
  await main();
  // Nothing waits for the calls of attempts that were handed back.
  process.exit();
} catch (error) {
  if (!(error instanceof ExplainedError)) throw error;
  process.stderr.write(`${error.message}\n`);
  // Not exitCode alone: pools that were opened would keep the process alive.
  process.exit(1);
}
