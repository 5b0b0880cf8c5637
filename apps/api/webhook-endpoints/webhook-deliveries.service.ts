import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';

import type {
  ListWebhookDeliveries,
  RequestWebhookReplay,
  WebhookDeliveryList,
  WebhookDeliveryView,
  WebhookReplayView,
} from '#libs/contracts/http/webhook-endpoint.api';
import { actorOf } from '#libs/domain/order/actor';
import { DELIVERY_STATES } from '#libs/domain/webhooks/delivery';
import { Store } from '#libs/persistence/store';

import { IdempotencyService, scopedIdempotencyKey } from '../platform/idempotency/idempotency.service.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { presentDelivery, presentReplay } from './webhook.presenter.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';

/** Ids of events begin with their time since 1970. */
const EARLIEST = Date.UTC(1970, 0, 2);

const instantOf = (text: string) => new Date(Math.max(Date.parse(text), EARLIEST));

/** What was sent to endpoints, and what is sent once more. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly store: Store,
    private readonly requests: IdempotencyService,
    private readonly endpoints: WebhookEndpointsService,
  ) {}

  /** @throws ProblemError webhook_endpoint_not_found */
  async list(
    endpointId: string,
    { state = [...DELIVERY_STATES], type, cursor, limit }: ListWebhookDeliveries,
  ): Promise<WebhookDeliveryList> {
    const { id } = await this.endpoints.get(endpointId);
    const states = [...new Set(state)];
    // One more than requested shows whether there is another page.
    const deliveries = await this.store.webhookDeliveries.list(id, {
      states,
      type,
      after: cursor,
      limit: limit + 1,
    });
    const data = deliveries.slice(0, limit).map(presentDelivery);
    const last = deliveries.length > limit ? data.at(-1) : undefined;
    return { data, nextCursor: last?.id ?? null };
  }

  /** @throws ProblemError webhook_endpoint_not_found, webhook_delivery_not_found */
  async get(endpointId: string, id: string): Promise<WebhookDeliveryView> {
    const delivery = await this.store.webhookDeliveries.find(endpointId, id);
    if (delivery) return presentDelivery(delivery);
    await this.endpoints.get(endpointId);
    throw new ProblemError('webhook_delivery_not_found');
  }

  /** @throws ProblemError webhook_endpoint_not_found, webhook_delivery_not_found, webhook_endpoint_disabled */
  async redeliver(
    endpointId: string,
    id: string,
    key: string | null,
    service: string,
  ): Promise<WebhookDeliveryView> {
    const operation = `POST /webhook-endpoints/${endpointId}/deliveries/${id}/redelivery`;
    const request = key === null ? null : scopedIdempotencyKey(service, operation, key, {});
    const current = () => this.get(endpointId, id);
    return this.requests.once(
      request,
      async () => {
        await this.requireEnabled(endpointId);
        await current();
        return (await this.store.webhookDeliveries.redeliver(endpointId, id, request)) ? current() : null;
      },
      current,
    );
  }

  /** @throws ProblemError webhook_endpoint_not_found, webhook_endpoint_disabled */
  async test(endpointId: string, key: string | null, service: string): Promise<WebhookDeliveryView> {
    const operation = `POST /webhook-endpoints/${endpointId}/test-event`;
    const request = key === null ? null : scopedIdempotencyKey(service, operation, key, {});
    return this.requests.once(
      request,
      async () => {
        await this.requireEnabled(endpointId);
        const ids = { id: uuid(), eventId: uuid() };
        return (await this.store.webhookDeliveries.test(endpointId, ids, request))
          ? this.get(endpointId, ids.id)
          : null;
      },
      ({ resourceId }) => this.get(endpointId, resourceId ?? ''),
    );
  }

  /** @throws ProblemError webhook_endpoint_not_found, webhook_endpoint_disabled, replay_period_invalid */
  async replay(
    endpointId: string,
    body: RequestWebhookReplay,
    key: string,
    service: string,
  ): Promise<WebhookReplayView> {
    const { types = [] } = body;
    const since = instantOf(body.since);
    const until = body.until === undefined ? new Date() : instantOf(body.until);
    const operation = `POST /webhook-endpoints/${endpointId}/replays`;
    const request = scopedIdempotencyKey(service, operation, key, body);
    return this.requests.once(
      request,
      async () => {
        await this.requireEnabled(endpointId);
        if (since > until)
          throw new ProblemError('replay_period_invalid', undefined, {
            errors: [{ pointer: '/until', detail: 'must not be before since, nor since in the future' }],
          });
        const id = uuid();
        const replay = { id, endpointId, since, until, types, requestedBy: actorOf(service) };
        return (await this.store.webhookReplays.request(replay, request))
          ? this.replayOf(endpointId, id)
          : null;
      },
      ({ resourceId }) => this.replayOf(endpointId, resourceId ?? ''),
    );
  }

  /** @throws ProblemError webhook_endpoint_not_found, webhook_replay_not_found */
  async replayOf(endpointId: string, id: string): Promise<WebhookReplayView> {
    const replay = await this.store.webhookReplays.find(endpointId, id);
    if (replay) return presentReplay(replay);
    await this.endpoints.get(endpointId);
    throw new ProblemError('webhook_replay_not_found');
  }

  private async requireEnabled(endpointId: string): Promise<void> {
    const { status } = await this.endpoints.get(endpointId);
    if (status === 'disabled') throw new ProblemError('webhook_endpoint_disabled');
  }
}
