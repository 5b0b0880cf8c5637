import { type Environment, environmentFor } from '#libs/config/environment';
import { PROGRAM_GROUPS } from '#libs/config/program-groups';
import { ExplainedError } from '#libs/explained-error';
import { refuseUnlimitedPooler } from '#libs/persistence/database/connection-pool';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { createLogger } from '#libs/telemetry/logger';
import { startTracing } from '#libs/telemetry/start-tracing';
import { Metrics } from '#libs/telemetry/metrics';
import { MonitoringServer } from '#libs/telemetry/monitoring-server';

import { createServer } from './server.js';

class CannotListen extends ExplainedError {
  override readonly name = 'CannotListen';
}

async function main(environment: Environment<(typeof PROGRAM_GROUPS.api)[number]>): Promise<void> {
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
  await main(environmentFor(PROGRAM_GROUPS.api));
} catch (error) {
  if (!(error instanceof ExplainedError)) throw error;
  console.error(error.message);
  process.exit(1);
}
