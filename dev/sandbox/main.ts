import { groupsNamed } from '#libs/config/environment';
import { InvalidEnvironment, readSettings, type Settings } from '#libs/config/settings';
import { createLogger } from '#libs/telemetry/logger';

import { startSandbox } from './sandbox.js';
import { SANDBOX_SETTINGS } from './sandbox-settings.js';
import { UnknownState } from './state-file.js';

const GROUPS = { ...groupsNamed(['carrierWebhooks', 'logs']), sandbox: SANDBOX_SETTINGS };

/** How long banks take to decide about what is pending, in milliseconds: a person can watch it. */
const SETTLE_AFTER = 5_000;

/** Where the gateway sends its events; nowhere, unless an address is set. */
function eventWebhooks({
  GATEWAY_WEBHOOK_URL: url,
  STRIPE_WEBHOOK_SECRET: [secret],
}: Settings<typeof GROUPS>['sandbox']) {
  return url !== undefined && secret !== undefined ? { url, secret } : undefined;
}

async function main(): Promise<void> {
  const { sandbox, carrierWebhooks, logs } = readSettings(GROUPS);
  const [carrierSecret = ''] = carrierWebhooks.CARRIER_SECRET;
  const logger = createLogger('sandbox', logs.LOG_LEVEL);
  const running = await startSandbox({
    host: sandbox.SANDBOX_HOST,
    port: sandbox.SANDBOX_PORT,
    carrierWebhookUrl: sandbox.CARRIER_WEBHOOK_URL,
    carrierSecret,
    deliveryAfter: sandbox.SANDBOX_DELIVERY_AFTER,
    gateway: sandbox.SANDBOX_GATEWAY,
    gatewayWebhooks: eventWebhooks(sandbox),
    settleAfter: SETTLE_AFTER,
    stateFile: sandbox.SANDBOX_STATE_FILE,
    logger,
  });
  logger.info({ url: running.url, gateway: sandbox.SANDBOX_GATEWAY }, 'sandbox is ready');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void running.close().then(() => logger.info('sandbox has stopped'));
    });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof InvalidEnvironment || error instanceof UnknownState)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
