import Stripe from 'stripe';
import { z } from 'zod';

import { newId } from './stripe-object.js';
import { Problem } from '../problem.js';
import type { SandboxState } from '../sandbox-state.js';
import { untried, WebhookOutbox, type WebhookPolicy } from '../webhook-outbox.js';
import { type Event, type EventDelivery, type EventType, newEvent } from './event.js';

/** How events are delivered; Stripe promises neither their order nor that each comes once. */
export const deliverySchema = z.strictObject({
  mode: z.enum(['normal', 'duplicated', 'delayed', 'reordered', 'withheld']),
  /** Milliseconds: by which events are `delayed`, or for which they are gathered to be `reordered`. */
  delay: z.int().min(1).max(600_000).default(500),
});
export type Delivery = z.output<typeof deliverySchema>;

/** Where events go, and the secret that signs them (`whsec_…`). */
export interface EventWebhooks {
  readonly url: string;
  readonly secret: string;
}

/** Records what happens at the gateway, and sends it by signed webhooks where a receiver is set. */
export class Events {
  readonly #outbox: WebhookOutbox<EventDelivery> | undefined;
  #delivery: Delivery = { mode: 'normal', delay: 0 };
  /** The events that are being gathered: until when, and how many there are. */
  #gathered = { until: 0, count: 0 };

  constructor(
    private readonly state: Pick<SandboxState, 'events' | 'eventDeliveries'>,
    webhooks: EventWebhooks | undefined,
    policy: WebhookPolicy,
    private readonly gaveUp: (event: { id: string; type: string }) => void,
  ) {
    if (!webhooks) return;
    this.#outbox = new WebhookOutbox(state.eventDeliveries, policy, {
      url: webhooks.url,
      subjectOf: ({ subject }) => subject,
      request: ({ eventId }, now) => {
        const body = JSON.stringify({ ...this.get(eventId), pending_webhooks: 1 });
        return { body, headers: { 'stripe-signature': signature(body, webhooks.secret, now) } };
      },
      settled: ({ eventId }, how) => this.#settled(eventId, how),
    });
  }

  start(): void {
    this.#outbox?.start();
  }

  async stop(): Promise<void> {
    await this.#outbox?.stop();
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  /** For events from now on; earlier ones stay as they are. */
  set delivery(delivery: Delivery) {
    this.#delivery = delivery;
    this.#gathered = { until: 0, count: 0 };
  }

  record(type: EventType, object: { id: string }): void {
    const event = newEvent(type, object);
    this.state.events.set(event.id, { id: event.id, event, accepted: 0, givenUp: 0 });
    const { mode, delay } = this.#delivery;
    if (mode === 'withheld') return;
    if (mode === 'reordered') return this.#post(event, 'all', this.#lastFirst(delay));
    this.#post(event, object.id, Date.now() + (mode === 'delayed' ? delay : 0));
    if (mode === 'duplicated') this.#post(event, object.id, Date.now());
  }

  /** @throws Problem when there is no such event, or no receiver */
  sendAgain(id: string): void {
    if (!this.#outbox) throw new Problem(409, 'Events have no receiver: GATEWAY_WEBHOOK_URL is not set');
    const event = this.get(id);
    if (!event) throw new Problem(404, `There is no event ${id}`);
    this.#post(event, event.data.object.id, Date.now());
  }

  get(id: string): Event | undefined {
    const stored = this.state.events.get(id);
    return stored && { ...stored.event, pending_webhooks: this.#waiting(id) > 0 ? 1 : 0 };
  }

  newestFirst(): Event[] {
    return this.state.events.newestFirst().flatMap(({ id }) => this.get(id) ?? []);
  }

  /** The events with the outcomes of their webhooks. */
  overview() {
    return this.state.events.newestFirst().map(({ id, event, accepted, givenUp }) => ({
      ...event,
      deliveries: { waiting: this.#waiting(id), accepted, givenUp },
    }));
  }

  #post({ id: eventId }: Event, subject: string, due: number): void {
    this.#outbox?.post({ id: newId('evt'), eventId, subject, ...untried(due) });
  }

  /** When an event is due, so that those that are gathered together leave in the opposite order. */
  #lastFirst(delay: number): number {
    const now = Date.now();
    if (now >= this.#gathered.until) this.#gathered = { until: now + delay, count: 0 };
    const { until, count } = this.#gathered;
    this.#gathered = { until, count: count + 1 };
    return until - count;
  }

  #waiting(id: string): number {
    return this.state.eventDeliveries.values().filter(({ eventId }) => eventId === id).length;
  }

  #settled(id: string, how: 'accepted' | 'given_up'): void {
    const stored = this.state.events.get(id);
    if (!stored) return;
    const { accepted, givenUp } = stored;
    if (how === 'given_up') this.gaveUp({ id, type: stored.event.type });
    this.state.events.set(id, {
      ...stored,
      ...(how === 'accepted' ? { accepted: accepted + 1 } : { givenUp: givenUp + 1 }),
    });
  }
}

/** As Stripe signs (docs.stripe.com/webhooks#verify-manually). */
function signature(payload: string, secret: string, now: Date): string {
  const timestamp = Math.floor(now.getTime() / 1_000);
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}
