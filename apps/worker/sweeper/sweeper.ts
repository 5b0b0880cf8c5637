import { setTimeout as delay } from 'node:timers/promises';

import type { OrderId } from '#libs/domain/order/order-id';
import type { Store } from '#libs/persistence/store';
import type { OrderRuns } from '#libs/temporal/order-runs';
import type { LogContext } from '#libs/telemetry/log-context';
import type { Logger } from '#libs/telemetry/logger';

import type { RequestIds } from '../telemetry/request-ids.js';
import type { SweeperMetrics } from '../telemetry/sweeper-metrics.js';
import type { LostRuns } from './lost-runs.js';

/** Rows stored this recently are left to the process that stored them. Milliseconds. */
const SETTLING = 5_000;
/** How many failures end a duty until the next sweep. */
const GIVE_UP_AFTER = 5;
/** How many of each kind one sweep processes. */
const BATCH = 200;

/**
 * Finishes rows that were stored and not signalled: orders and refunds whose run was never started, events that
 * were not applied, answers and requests. Every duty may run twice, and in several workers at once.
 */
export class Sweeper {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly runs: OrderRuns,
    private readonly lostRuns: LostRuns,
    private readonly logger: Logger,
    /** Milliseconds between two sweeps. */
    private readonly interval: number,
    private readonly metrics?: SweeperMetrics,
    private readonly requests?: RequestIds,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** Runs every duty once; a duty that fails does not stop the others. */
  async sweep(): Promise<void> {
    const duties: readonly [string, () => Promise<void>][] = [
      ['start', () => this.startForgotten()],
      ['refund', () => this.startRefunds()],
      ['cancel', () => this.passOnCancellations()],
      ['attempt', () => this.passOnAttempts()],
      ['claim', () => this.claimEarly()],
      ['report', () => this.reportShipments()],
      ['look', () => this.ensurePaymentSyncs()],
      ['answer', () => this.passOnAnswers()],
      ['lost', () => this.lostRuns.look()],
    ];
    for (const [duty, perform] of duties) {
      if (this.stopping.signal.aborted) return;
      try {
        await perform();
      } catch (error) {
        this.metrics?.failed(duty);
        this.logger.warn({ duty, err: error }, 'a sweep failed and will be repeated');
      }
    }
    this.metrics?.swept();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.sweep();
      await delay(this.interval, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async startForgotten(): Promise<void> {
    await this.each(
      'start',
      await this.store.sweep.neverStarted(SETTLING, BATCH),
      async ({ id, policy, run }) => {
        await this.runs.start(id, policy, run);
        this.logger.info(await this.contextOf(id), 'started an order that had been stored and not started');
      },
    );
  }

  private async startRefunds(): Promise<void> {
    await this.each(
      'refund',
      await this.store.refunds.toStart(SETTLING, BATCH),
      async ({ id, orderId, policy }) => {
        await this.runs.startRefund(id, orderId, policy);
        this.logger.info({ ...(await this.contextOf(orderId)), refundId: id }, 'a refund was given a run');
      },
    );
  }

  private async passOnCancellations(): Promise<void> {
    await this.each('cancel', await this.store.cancellations.unsignalled(SETTLING, BATCH), (request) =>
      this.runs.requestCancellation(request),
    );
  }

  private async passOnAttempts(): Promise<void> {
    await this.each('attempt', await this.store.paymentAttempts.unsignalled(SETTLING, BATCH), (attempt) =>
      this.runs.attemptPayment(attempt),
    );
  }

  private async claimEarly(): Promise<void> {
    await this.each('claim', await this.store.inbox.unclaimed(BATCH), async (parcel) => {
      for (const report of await this.store.inbox.claim(parcel)) await this.runs.reportShipment(report);
    });
  }

  private async reportShipments(): Promise<void> {
    await this.each('report', await this.store.inbox.unsignalled(SETTLING, BATCH), (report) =>
      this.runs.reportShipment(report),
    );
  }

  /** Also where an event came before the order had its intent. */
  private async ensurePaymentSyncs(): Promise<void> {
    await this.store.paymentInbox.settleKnown();
    await this.each('look', await this.store.paymentInbox.unsettled(SETTLING, BATCH), (id) =>
      this.runs.ensurePaymentSync(id),
    );
  }

  private async passOnAnswers(): Promise<void> {
    await this.each('answer', await this.store.attention.unsignalled(SETTLING, BATCH), (answer) =>
      this.runs.resolveAttention(answer),
    );
  }

  private async contextOf(orderId: OrderId): Promise<LogContext> {
    const context = { orderId };
    await this.requests?.complete(context);
    return context;
  }

  /** An item that fails does not hold up the ones after it; the next sweep repeats it. */
  private async each<T>(duty: string, items: readonly T[], see: (item: T) => Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    for (const item of items) {
      if (this.stopping.signal.aborted) return;
      await see(item).then(
        () => this.metrics?.repeated(duty),
        (error: unknown) => failures.push(error),
      );
      // With Temporal down every item would wait for its own time-out.
      if (failures.length >= GIVE_UP_AFTER) break;
    }
    if (failures.length > 0) throw failures[0];
  }
}
