import { setTimeout as delay } from 'node:timers/promises';

import { pauseBeforeNext } from '#libs/domain/webhooks/delivery';
import { setback } from '#libs/domain/webhooks/endpoint-health';
import type { Store } from '#libs/persistence/store';
import type { TakenDelivery, WebhookPayload } from '#libs/persistence/webhooks/webhook-delivery.repository';
import type { Logger } from '#libs/telemetry/logger';
import type { SecretBox } from '#libs/webhooks/secret-box';
import { signedHeaders } from '#libs/webhooks/signed-message';
import type { WebhookAnswer, WebhookClient } from '#libs/webhooks/webhook.client';

import type { WebhookMetrics } from '../telemetry/webhook-metrics.js';
import { OutcomeWriter } from './outcome-writer.js';

export interface SenderLimits {
  /** How many attempts this process makes at once. */
  readonly concurrency: number;
  /** How many attempts are made at once to an endpoint, by all processes. */
  readonly perEndpoint: number;
  /** Milliseconds that an attempt may take. */
  readonly timeout: number;
  /** Milliseconds of failing after which an endpoint is disabled. */
  readonly disableAfter: number;
}

/** Until the next look for what is due, between two looks at the least, and after a failure. Milliseconds. */
const PAUSES = { idle: 1_000, least: 100, failed: 2_000 } as const;
/** What an attempt takes beside the receiver, in milliseconds: a worker that takes longer is held to be gone. */
const MARGIN = 15_000;
/** How long attempts may go on once the process stops, in milliseconds. */
const GRACE = 1_500;
/** How many events a replay looks at by one statement. */
const REPLAYED = 500;

type Deliveries = Pick<Store['webhookDeliveries'], 'take' | 'settle' | 'release'>;

/**
 * Sends events to the endpoints that are subscribed to them, at least once. Every worker does so, and the database shares
 * out what is due. How fast an endpoint answers matters to no other, as each has a limit of attempts at once.
 */
export class WebhookSender {
  private readonly stopping = new AbortController();
  private readonly aborting = new AbortController();
  private readonly inFlight = new Map<TakenDelivery, Promise<void>>();
  private wake: () => void = () => undefined;
  private isWoken = false;
  private replaysDue = 0;
  private loop: Promise<void> | undefined;
  private readonly outcomes: OutcomeWriter;

  constructor(
    private readonly deliveries: Deliveries,
    private readonly replays: Pick<Store['webhookReplays'], 'proceed'>,
    private readonly client: Pick<WebhookClient, 'post'>,
    private readonly secrets: Pick<SecretBox, 'open'>,
    private readonly limits: SenderLimits,
    private readonly logger: Logger,
    private readonly metrics?: WebhookMetrics,
  ) {
    this.outcomes = new OutcomeWriter(deliveries);
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** There is something to send: it is looked for at once. */
  notice(): void {
    this.isWoken = true;
    this.wake();
  }

  /** What is not sent within a moment is given back, so that another worker sends it. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.loop;
    await Promise.race([Promise.all(this.inFlight.values()), delay(GRACE, undefined, { ref: false })]);
    const left = [...this.inFlight.keys()];
    this.aborting.abort();
    await this.deliveries.release(left).catch((error: unknown) => {
      this.logger.warn(
        { err: error },
        'deliveries could not be given back; they are sent once their lease ends',
      );
    });
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const pause = await this.look();
      await delay(PAUSES.least, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      await this.sleep(pause);
    }
  }

  /** @returns milliseconds until the next look, unless something is noticed before */
  private async look(): Promise<number> {
    this.isWoken = false;
    try {
      const room = this.limits.concurrency - this.inFlight.size;
      const taken = room > 0 ? await this.take(room) : [];
      for (const delivery of taken) this.begin(delivery);
      if (Date.now() >= this.replaysDue) await this.replay();
      return taken.length === halfOf(room) ? 0 : PAUSES.idle;
    } catch (error) {
      this.logger.warn({ err: error }, 'no deliveries could be taken; it is tried again');
      return PAUSES.failed;
    }
  }

  /**
   * Takes half of what there is room for, and the less room there is the fewer of an endpoint: many slow endpoints together
   * leave room for one that is not.
   */
  private take(room: number): Promise<TakenDelivery[]> {
    const { concurrency, timeout } = this.limits;
    const perEndpoint = Math.ceil((this.limits.perEndpoint * room) / concurrency);
    return this.deliveries.take({ limit: halfOf(room), perEndpoint, lease: timeout + MARGIN });
  }

  private async replay(): Promise<void> {
    const made = await this.replays.proceed(REPLAYED);
    if (made === null) this.replaysDue = Date.now() + PAUSES.idle;
    else this.notice();
  }

  private begin(delivery: TakenDelivery): void {
    const done = this.attempt(delivery)
      .catch((error: unknown) => {
        if (this.aborting.signal.aborted) return;
        this.logger.warn(
          { err: error, deliveryId: delivery.id },
          'an attempt could not be recorded; it is repeated once its lease ends',
        );
      })
      .finally(() => {
        this.inFlight.delete(delivery);
        this.notice();
      });
    this.inFlight.set(delivery, done);
  }

  private async attempt(delivery: TakenDelivery): Promise<void> {
    const at = new Date();
    const since = performance.now();
    const { failure, status, retryAfter, answer } = await this.send(delivery, at);
    const duration = Math.round(performance.now() - since);
    const outcome = { failure, status, retryAfter };
    const { failures, failingFor } = delivery;
    const settled = await this.outcomes.write({
      taken: { id: delivery.id, fence: delivery.fence },
      ...outcome,
      at,
      duration,
      answer,
      pause: failure === null ? null : pauseBeforeNext(delivery.tries + 1, outcome, Math.random()),
      setback:
        failure === null || failure === 'event_gone'
          ? null
          : setback(outcome, { failures: failures + 1, failingFor }, this.limits.disableAfter),
    });
    this.metrics?.attempted(failure, duration);
    const context = { endpointId: delivery.endpointId, deliveryId: delivery.id, failure, status };
    if (failure !== null) this.logger.info(context, 'a webhook was not delivered');
    else if (delivery.payload && !delivery.isReplayed) this.metrics?.delivered(delivery.payload.time);
    if (settled?.disabled) this.logger.warn(context, 'a webhook endpoint was disabled');
  }

  private async send({ payload, secrets, endpointId, url }: TakenDelivery, at: Date): Promise<WebhookAnswer> {
    const nothingSent = { status: null, retryAfter: null, answer: null };
    if (!payload) return { ...nothingSent, failure: 'event_gone' };
    const opened = secrets.flatMap((sealed) => this.secrets.open(sealed, endpointId) ?? []);
    if (opened.length === 0) return { ...nothingSent, failure: 'secret' };
    const body = bodyOf(payload);
    const headers = signedHeaders({ id: payload.id, body }, opened, at);
    return this.client.post(url, body, headers, this.aborting.signal);
  }

  private async sleep(pause: number): Promise<void> {
    if (pause === 0 || this.isWoken || this.stopping.signal.aborted) return;
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    const pausing = new AbortController();
    await Promise.race([woken, delay(pause, undefined, { signal: pausing.signal }).catch(() => undefined)]);
    pausing.abort();
  }
}

const halfOf = (room: number) => Math.ceil(room / 2);

/** As the stream tells it. */
const bodyOf = ({ id, sequence, type, time, data }: WebhookPayload) =>
  JSON.stringify({ id, sequence, type, time, data });
