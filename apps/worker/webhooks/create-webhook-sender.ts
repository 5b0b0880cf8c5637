import type { Environment } from '#libs/config/environment';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import type { Metrics } from '#libs/telemetry/metrics';
import { SecretBox } from '#libs/webhooks/secret-box';
import { TargetPolicy } from '#libs/webhooks/target-policy';
import { WebhookClient } from '#libs/webhooks/webhook.client';

import { WebhookMetrics } from '../telemetry/webhook-metrics.js';
import { WebhookSender } from './webhook-sender.js';

/** @returns undefined where no key is set: then there are no endpoints, as their secrets could not be kept */
export async function createWebhookSender(
  store: Store,
  settings: Environment<'outgoingWebhooks'>['outgoingWebhooks'],
  logger: Logger,
  metrics: Metrics,
): Promise<WebhookSender | undefined> {
  const shown = new WebhookMetrics(metrics);
  if (settings.WEBHOOK_SECRET_KEY.length === 0) return undefined;
  const box = new SecretBox(settings.WEBHOOK_SECRET_KEY);
  await encryptAnew(store, box, logger);
  return new WebhookSender(
    store.webhookDeliveries,
    store.webhookReplays,
    new WebhookClient(new TargetPolicy(settings.WEBHOOK_ALLOWED_NETWORKS), settings.WEBHOOK_TIMEOUT),
    box,
    {
      concurrency: settings.WEBHOOK_CONCURRENCY,
      perEndpoint: settings.WEBHOOK_ENDPOINT_CONCURRENCY,
      timeout: settings.WEBHOOK_TIMEOUT,
      disableAfter: settings.WEBHOOK_DISABLE_AFTER,
    },
    logger,
    shown,
  );
}

/** Encrypts with the first key what another one has encrypted, so that the other can be taken away. */
export async function encryptAnew(
  { webhookEndpoints }: Pick<Store, 'webhookEndpoints'>,
  box: SecretBox,
  logger: Logger,
): Promise<void> {
  try {
    for (const { id, endpointId, sealed } of await webhookEndpoints.secrets()) {
      const secret = box.isOld(sealed) ? box.open(sealed, endpointId) : null;
      if (secret !== null)
        await webhookEndpoints.reseal(id, { from: sealed, to: box.seal(secret, endpointId) });
    }
  } catch (error) {
    logger.warn(
      { err: error },
      'secrets of endpoints could not be encrypted anew; the next start tries it again',
    );
  }
}
