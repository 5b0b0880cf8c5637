import { type Environment, environmentFor } from '#libs/config/environment';
import { InvalidEnvironment } from '#libs/config/settings';
import { refuseUnlimitedPooler } from '#libs/persistence/database/connection-pool';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { UnlimitedPooler } from '#libs/persistence/database/session';
import { createLogger } from '#libs/telemetry/logger';
import { startTracing } from '#libs/telemetry/start-tracing';
import { Metrics } from '#libs/telemetry/metrics';
import { MonitoringServer } from '#libs/telemetry/monitoring-server';

import { createServer } from './server.js';

const GROUPS = [
  ...(['store', 'temporal', 'payments', 'paymentWebhooks', 'providers', 'carrierWebhooks'] as const),
  ...(['api', 'pricing', 'policy', 'metrics', 'traces', 'logs'] as const),
] as const;

class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

async function main(environment: Environment<(typeof GROUPS)[number]>): Promise<void> {
  const { api, logs, metrics: shown, store, traces } = environment;
  await refuseUnlimitedPooler(store.DATABASE_URL, databaseLimits(store));
  const log = createLogger('api', logs.LOG_LEVEL);
  await startTracing(traces, 'order-api', log);
  const metrics = new Metrics();
  const server = await createServer(environment, log, metrics);
  await server.listen(api.API_PORT, api.API_HOST).catch((error: unknown) => {
    throw new CannotListen(
      `The API cannot listen on ${api.API_HOST}:${api.API_PORT}; set API_HOST and API_PORT to a free address.`,
      { cause: error },
    );
  });
  // Until the process ends: what happens while it stops is shown, too.
  const monitoring = new MonitoringServer({ '/metrics': () => metrics.answer() }, log);
  await monitoring.listen(shown.METRICS_HOST, shown.API_METRICS_PORT, 'API_METRICS_PORT');
  log.info({ host: api.API_HOST, port: api.API_PORT }, 'listening');
}

try {
  await main(environmentFor(GROUPS));
} catch (error) {
  const isExplained =
    error instanceof InvalidEnvironment || error instanceof UnlimitedPooler || error instanceof CannotListen;
  if (!isExplained) throw error;
  console.error(error.message);
  process.exit(1);
}
