import { DueTimer } from './due-timer.js';
import type { Collection } from './collection.js';

export interface WebhookPolicy {
  /** Before the second try, in milliseconds; doubles from there. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** From the first try until no more are made. */
  readonly giveUpAfter: number;
}

/** A webhook that has not been accepted yet. Times are epoch milliseconds. */
export interface Waiting {
  readonly id: string;
  readonly attempts: number;
  readonly firstTryAt: number;
  readonly nextTryAt: number;
}

/** What a provider sends in its webhooks, and what it does once one is accepted or given up. */
export interface Sender<W> {
  readonly url: string;
  /** What a webhook is about: those about the same subject are sent one after the other. */
  readonly subjectOf: (webhook: W) => string;
  /** Makes the signed request, anew for each try, because receivers refuse old time-stamps. */
  readonly request: (webhook: W, now: Date) => { body: string; headers: Readonly<Record<string, string>> };
  readonly settled: (webhook: W, how: 'accepted' | 'given_up') => void;
}

/** How long the receiver may take to answer, in milliseconds. */
const TIMEOUT = 10_000;

/** The fields of a webhook that was not tried yet. @param due epoch milliseconds, when it is to be sent */
export function untried(due: number = Date.now()) {
  return { attempts: 0, firstTryAt: due, nextTryAt: due };
}

/** Sends signed webhooks until they are accepted, or for a while. A webhook keeps its id through all its tries. */
export class WebhookOutbox<W extends Waiting> {
  readonly #timer: DueTimer;
  /** By subject. */
  readonly #inProgress = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    private readonly webhooks: Collection<W>,
    private readonly policy: WebhookPolicy,
    private readonly sender: Sender<W>,
  ) {
    this.#timer = new DueTimer(
      () =>
        this.#waiting().reduce<number | undefined>(
          (least, { nextTryAt }) => Math.min(least ?? nextTryAt, nextTryAt),
          undefined,
        ),
      () => this.#sendDue(),
    );
  }

  start(): void {
    this.#timer.set();
  }

  /** Requests in progress are aborted, and sent again after a restart. */
  async stop(): Promise<void> {
    this.#timer.stop();
    this.#closing.abort();
    await Promise.all(this.#inProgress.values());
  }

  post(webhook: W): void {
    this.webhooks.set(webhook.id, webhook);
    this.#timer.set();
  }

  #waiting(): W[] {
    return this.webhooks.values().filter((webhook) => !this.#inProgress.has(this.sender.subjectOf(webhook)));
  }

  #sendDue(): void {
    const now = Date.now();
    const due = this.#waiting().filter(({ nextTryAt }) => nextTryAt <= now);
    for (const webhook of due.sort((a, b) => a.nextTryAt - b.nextTryAt)) {
      const subject = this.sender.subjectOf(webhook);
      if (this.#inProgress.has(subject)) continue;
      const sending = this.#send(webhook).finally(() => {
        this.#inProgress.delete(subject);
        this.#timer.set();
      });
      this.#inProgress.set(subject, sending);
    }
  }

  async #send(webhook: W): Promise<void> {
    const accepted = await this.#isAccepted(webhook);
    if (this.#closing.signal.aborted && !accepted) return;
    if (accepted) return this.#settle(webhook, 'accepted');
    const pause = Math.min(this.policy.firstPause * 2 ** webhook.attempts, this.policy.longestPause);
    const nextTryAt = Date.now() + pause;
    if (nextTryAt - webhook.firstTryAt > this.policy.giveUpAfter) return this.#settle(webhook, 'given_up');
    this.webhooks.set(webhook.id, { ...webhook, attempts: webhook.attempts + 1, nextTryAt });
  }

  #settle(webhook: W, how: 'accepted' | 'given_up'): void {
    this.webhooks.delete(webhook.id);
    this.sender.settled(webhook, how);
  }

  async #isAccepted(webhook: W): Promise<boolean> {
    const { body, headers } = this.sender.request(webhook, new Date());
    try {
      const response = await fetch(this.sender.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
