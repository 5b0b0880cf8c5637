import { Webhook as Signer } from 'standardwebhooks';
import { v7 as uuid } from 'uuid';

import type { CarrierEvent } from '#libs/shipping/carrier-protocol';

import { Alarm } from '../alarm.js';
import type { Collection } from '../collection.js';
import type { Webhook } from './parcel.js';

export interface WebhookPolicy {
  /** Before the second try, in milliseconds; doubles from there. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** From the first try until no more are made. */
  readonly giveUpAfter: number;
}

/** How long the receiver may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Sends signed webhooks until they are accepted, or for a while (standardwebhooks.com). A webhook keeps its id
 * through all its tries and is signed anew for each, because receivers refuse old time-stamps.
 */
export class WebhookOutbox {
  readonly #alarm: Alarm;
  readonly #signer: Signer;
  /** By tracking number: a parcel's webhooks leave one after the other. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    private readonly webhooks: Collection<Webhook>,
    private readonly url: string,
    secret: string,
    private readonly policy: WebhookPolicy,
    private readonly settled: (webhook: Webhook, how: 'accepted' | 'given_up') => void,
  ) {
    this.#signer = new Signer(secret);
    this.#alarm = new Alarm(
      () =>
        this.#resting().reduce<number | undefined>(
          (least, { nextTryAt }) => Math.min(least ?? nextTryAt, nextTryAt),
          undefined,
        ),
      () => this.#sendDue(),
    );
  }

  start(): void {
    this.#alarm.set();
  }

  /** What is under way is given up for now, and sent again after a restart. */
  async stop(): Promise<void> {
    this.#alarm.stop();
    this.#closing.abort();
    await Promise.all(this.#underWay.values());
  }

  /** @returns the webhook's id */
  post(event: CarrierEvent): string {
    const id = `msg_${uuid()}`;
    const now = Date.now();
    this.webhooks.set(id, { id, ...event, attempts: 0, firstTryAt: now, nextTryAt: now });
    this.#alarm.set();
    return id;
  }

  #resting(): Webhook[] {
    return this.webhooks.values().filter(({ trackingNumber }) => !this.#underWay.has(trackingNumber));
  }

  #sendDue(): void {
    const now = Date.now();
    for (const webhook of this.#resting().filter(({ nextTryAt }) => nextTryAt <= now)) {
      if (this.#underWay.has(webhook.trackingNumber)) continue;
      const sending = this.#send(webhook).finally(() => {
        this.#underWay.delete(webhook.trackingNumber);
        this.#alarm.set();
      });
      this.#underWay.set(webhook.trackingNumber, sending);
    }
  }

  async #send(webhook: Webhook): Promise<void> {
    const accepted = await this.#isAccepted(webhook);
    if (this.#closing.signal.aborted && !accepted) return;
    if (accepted) {
      this.webhooks.delete(webhook.id);
      this.settled(webhook, 'accepted');
      return;
    }
    const pause = Math.min(this.policy.firstPause * 2 ** webhook.attempts, this.policy.longestPause);
    const nextTryAt = Date.now() + pause;
    if (nextTryAt - webhook.firstTryAt > this.policy.giveUpAfter) {
      this.webhooks.delete(webhook.id);
      this.settled(webhook, 'given_up');
      return;
    }
    this.webhooks.set(webhook.id, { ...webhook, attempts: webhook.attempts + 1, nextTryAt });
  }

  async #isAccepted({ id, type, trackingNumber, occurredAt }: Webhook): Promise<boolean> {
    const body = JSON.stringify({ type, trackingNumber, occurredAt } satisfies CarrierEvent);
    const now = new Date();
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': this.#signer.sign(id, now, body),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(PATIENCE)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
