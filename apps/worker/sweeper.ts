import { setTimeout as delay } from 'node:timers/promises';

import type { Store } from '#libs/store/store';
import type { OrderRuns } from '#libs/temporal/order-runs';
import type { Logger } from '#libs/telemetry/logger';

/** What was stored this recently is left to whoever stored it. Milliseconds. */
const SETTLING = 5_000;
/** How long an order may be silent, without a wait to explain it, before its run is looked at. Milliseconds. */
const QUIET = 120_000;
/** How many of each kind one sweep takes on. */
const BATCH = 200;

/**
 * Finishes what was stored and not told: orders whose run was never started, events that were not applied or
 * not signalled, answers that were not heard. Every duty may run twice, and in several workers at once.
 */
export class Sweeper {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly runs: OrderRuns,
    private readonly logger: Logger,
    /** Milliseconds between two sweeps. */
    private readonly interval: number,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** Does every duty once; one that fails keeps none of the others from being done. */
  async sweep(): Promise<void> {
    const duties: readonly [string, () => Promise<void>][] = [
      ['start', () => this.startForgotten()],
      ['claim', () => this.claimEarly()],
      ['report', () => this.reportShipments()],
      ['answer', () => this.passOnAnswers()],
      ['closed', () => this.flagClosedRuns()],
    ];
    for (const [duty, perform] of duties) {
      if (this.stopping.signal.aborted) return;
      try {
        await perform();
      } catch (error) {
        this.logger.warn({ duty, err: error }, 'a sweep failed and will be repeated');
      }
    }
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.sweep();
      await delay(this.interval, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async startForgotten(): Promise<void> {
    for (const { id, policy } of await this.store.sweep.neverStarted(SETTLING, BATCH)) {
      await this.runs.start(id, policy);
      this.logger.info({ orderId: id }, 'started an order that had been stored and not started');
    }
  }

  private async claimEarly(): Promise<void> {
    for (const trackingNumber of await this.store.inbox.unclaimed(BATCH)) {
      for (const report of await this.store.inbox.claim(trackingNumber))
        await this.runs.reportShipment(report);
    }
  }

  private async reportShipments(): Promise<void> {
    for (const report of await this.store.inbox.unsignalled(SETTLING, BATCH))
      await this.runs.reportShipment(report);
  }

  private async passOnAnswers(): Promise<void> {
    for (const answer of await this.store.attention.unsignalled(SETTLING, BATCH))
      await this.runs.resolveAttention(answer);
  }

  private async flagClosedRuns(): Promise<void> {
    for (const id of await this.store.sweep.quiet(QUIET, BATCH)) {
      const reason = await this.runs.closedBecause(id);
      if (reason === null) continue;
      if (await this.store.attention.flagClosedRun(await this.store.orders.get(id), reason)) {
        this.logger.error({ orderId: id, reason }, 'an order is open and its run is gone');
      }
    }
  }
}
