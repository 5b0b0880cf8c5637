import type { WebhookDeliveryView, WebhookReplayView } from '#libs/contracts/http/webhook-endpoint.api';
import type { WebhookDelivery } from '#libs/persistence/webhooks/webhook-delivery.repository';
import type { WebhookReplay } from '#libs/persistence/webhooks/webhook-replay.repository';

/** They are stored as they are shown. */
export const presentDelivery = (delivery: WebhookDelivery): WebhookDeliveryView => ({
  ...delivery,
  history: [...delivery.history],
});

export const presentReplay = (replay: WebhookReplay): WebhookReplayView => ({
  ...replay,
  types: [...replay.types],
});
