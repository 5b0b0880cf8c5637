import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';

import type {
  ChangeWebhookEndpoint,
  CreatedWebhookEndpoint,
  CreateWebhookEndpoint,
  ListWebhookEndpoints,
  RotateWebhookSecret,
  WebhookEndpointList,
} from '#libs/contracts/http/webhook-endpoint.api';
import { actorOf } from '#libs/domain/order/actor';
import { Store } from '#libs/persistence/store';
import type { WebhookEndpoint } from '#libs/persistence/webhooks/webhook-endpoint.repository';
import { newWebhookSecret, SecretBox } from '#libs/webhooks/secret-box';
import { TargetPolicy, type UrlFault } from '#libs/webhooks/target-policy';

import { IdempotencyService, scopedIdempotencyKey } from '../platform/idempotency/idempotency.service.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { Settings } from '../settings.js';

const FAULTS: Readonly<Record<UrlFault, string>> = {
  not_a_url: 'must be a URL, such as https://shop.example/order-events',
  not_https: 'must begin with https://',
  has_credentials: 'must have no user and no password; the signature shows who sends',
  has_fragment: 'must have no part behind a #',
  not_public: 'must be an address that is public, or one of WEBHOOK_ALLOWED_NETWORKS',
};

/** Where events are sent to, for operators. */
@Injectable()
export class WebhookEndpointsService {
  private readonly box: SecretBox;
  private readonly policy: TargetPolicy;

  constructor(
    private readonly store: Store,
    private readonly requests: IdempotencyService,
    private readonly settings: Settings,
  ) {
    this.box = new SecretBox(settings.webhooks.secretKeys);
    this.policy = new TargetPolicy(settings.webhooks.allowedNetworks);
  }

  /** @throws ProblemError webhooks_not_set_up, webhook_url_not_allowed */
  async create(body: CreateWebhookEndpoint, key: string, service: string): Promise<CreatedWebhookEndpoint> {
    const request = scopedIdempotencyKey(service, 'POST /webhook-endpoints', key, body);
    return this.requests.once<CreatedWebhookEndpoint>(
      request,
      async () => {
        this.requireKey();
        this.requireTarget(body.url);
        const id = uuid();
        const secret = newWebhookSecret();
        const endpoint = {
          ...body,
          id,
          createdBy: actorOf(service),
          sealedSecret: this.box.seal(secret, id),
        };
        return (await this.store.webhookEndpoints.create(endpoint, request))
          ? { ...(await this.get(id)), secret }
          : null;
      },
      async ({ resourceId }) => ({ ...(await this.get(resourceId ?? '')), secret: null }),
    );
  }

  async list({ cursor, limit }: ListWebhookEndpoints): Promise<WebhookEndpointList> {
    // One more than requested shows whether there is another page.
    const endpoints = await this.store.webhookEndpoints.list({ after: cursor, limit: limit + 1 });
    const data = endpoints.slice(0, limit).map((each) => ({ ...each, events: [...each.events] }));
    const last = endpoints.length > limit ? data.at(-1) : undefined;
    return { data, nextCursor: last?.id ?? null };
  }

  /** @throws ProblemError webhook_endpoint_not_found */
  async get(id: string): Promise<WebhookEndpoint & { events: string[] }> {
    return found(await this.store.webhookEndpoints.find(id));
  }

  /** @throws ProblemError webhook_endpoint_not_found, invalid_request */
  async change(id: string, change: ChangeWebhookEndpoint): Promise<WebhookEndpoint & { events: string[] }> {
    if (change.url !== undefined) this.requireTarget(change.url);
    return found(await this.store.webhookEndpoints.change(id, change));
  }

  /** @throws ProblemError webhook_endpoint_not_found */
  async remove(id: string): Promise<void> {
    if (!(await this.store.webhookEndpoints.remove(id))) throw new ProblemError('webhook_endpoint_not_found');
  }

  /** @throws ProblemError webhooks_not_set_up, webhook_endpoint_not_found */
  async rotate(
    id: string,
    { overlap }: RotateWebhookSecret,
    key: string,
    service: string,
  ): Promise<CreatedWebhookEndpoint> {
    const operation = `POST /webhook-endpoints/${id}/secret-rotation`;
    const request = scopedIdempotencyKey(service, operation, key, { overlap });
    return this.requests.once<CreatedWebhookEndpoint>(
      request,
      async () => {
        this.requireKey();
        const secret = newWebhookSecret();
        const isFirst = await this.store.webhookEndpoints.rotate(
          id,
          {
            sealedSecret: this.box.seal(secret, id),
            overlap: overlap === undefined ? this.settings.webhooks.secretOverlap : overlap * 1_000,
          },
          request,
        );
        if (isFirst === null) throw new ProblemError('webhook_endpoint_not_found');
        return isFirst ? { ...(await this.get(id)), secret } : null;
      },
      async () => ({ ...(await this.get(id)), secret: null }),
    );
  }

  private requireKey(): void {
    if (this.settings.webhooks.secretKeys.length === 0) throw new ProblemError('webhooks_not_set_up');
  }

  private requireTarget(url: string): void {
    const fault = this.policy.faultOf(url);
    if (fault === null) return;
    throw new ProblemError('webhook_url_not_allowed', undefined, {
      errors: [{ pointer: '/url', detail: FAULTS[fault] }],
    });
  }
}

function found(endpoint: WebhookEndpoint | null): WebhookEndpoint & { events: string[] } {
  if (!endpoint) throw new ProblemError('webhook_endpoint_not_found');
  return { ...endpoint, events: [...endpoint.events] };
}
