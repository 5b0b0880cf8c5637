import { type Environment, environmentFor, InvalidEnvironment } from '#libs/config/environment';
import { createLogger } from '#libs/telemetry/logger';

import { createServer } from './server.js';

const GROUPS = ['store', 'temporal', 'carrierWebhooks', 'api', 'pricing', 'policy', 'logs'] as const;

async function main(environment: Environment<(typeof GROUPS)[number]>): Promise<void> {
  const { api, logs } = environment;
  const log = createLogger('api', logs.LOG_LEVEL);
  const server = await createServer(environment, log);
  await server.listen(api.API_PORT, api.API_HOST);
  log.info({ host: api.API_HOST, port: api.API_PORT }, 'listening');
}

try {
  await main(environmentFor(GROUPS));
} catch (error) {
  if (!(error instanceof InvalidEnvironment)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
