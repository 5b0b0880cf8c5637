import { setTimeout as delay } from 'node:timers/promises';

import type { OrderId } from '#libs/domain/order/order-id';
import type { Store } from '#libs/persistence/store';
import type { OrderRuns } from '#libs/temporal/order-runs';
import type { LogContext } from '#libs/telemetry/log-context';
import type { Logger } from '#libs/telemetry/logger';

import type { RequestIds } from '../telemetry/request-ids.js';
import type { SweeperMetrics } from '../telemetry/sweeper-metrics.js';
import { Duty } from './duty.js';
import type { LostRuns } from './lost-runs.js';

/** Rows stored this recently are left to the process that stored them. Milliseconds. */
const SETTLING = 5_000;

/**
 * Finishes rows that were stored and not signalled: orders and refunds whose run was never started, events that
 * were not applied, answers and requests. Every duty may run twice, and in several workers at once.
 */
export class Sweeper {
  private readonly stopping = new AbortController();
  private readonly duties: readonly Pick<Duty<unknown>, 'name' | 'perform'>[];
  private loop: Promise<void> | undefined;

  constructor(
    store: Store,
    runs: OrderRuns,
    lostRuns: Pick<LostRuns, 'look'>,
    private readonly logger: Logger,
    /** Milliseconds between two sweeps. */
    private readonly interval: number,
    private readonly metrics?: SweeperMetrics,
    requests?: RequestIds,
  ) {
    this.duties = [
      ...dutiesOf(store, runs, logger, requests),
      { name: 'lost', perform: () => lostRuns.look() },
    ];
  }

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** Runs every duty once; a duty that fails does not stop the others. */
  async sweep(): Promise<void> {
    for (const duty of this.duties) {
      if (this.stopping.signal.aborted) return;
      try {
        await duty.perform(this.stopping.signal, () => this.metrics?.repeated(duty.name));
      } catch (error) {
        this.metrics?.failed(duty.name);
        this.logger.warn({ duty: duty.name, err: error }, 'a sweep failed and will be repeated');
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
}

function dutiesOf(store: Store, runs: OrderRuns, logger: Logger, requests?: RequestIds) {
  const contextOf = async (orderId: OrderId): Promise<LogContext> => {
    const context = { orderId };
    await requests?.complete(context);
    return context;
  };
  return [
    new Duty(
      'start',
      (limit) => store.sweep.neverStarted(SETTLING, limit),
      async ({ id, policy, run }) => {
        await runs.start(id, policy, run);
        logger.info(await contextOf(id), 'started an order that had been stored and not started');
      },
    ),
    new Duty(
      'refund',
      (limit) => store.refunds.toStart(SETTLING, limit),
      async ({ id, orderId, policy }) => {
        await runs.startRefund(id, orderId, policy);
        logger.info({ ...(await contextOf(orderId)), refundId: id }, 'a refund was given a run');
      },
    ),
    new Duty(
      'cancel',
      (limit) => store.cancellations.unsignalled(SETTLING, limit),
      (request) => runs.requestCancellation(request),
    ),
    new Duty(
      'attempt',
      (limit) => store.paymentAttempts.unsignalled(SETTLING, limit),
      (attempt) => runs.attemptPayment(attempt),
    ),
    new Duty(
      'claim',
      (limit) => store.inbox.unclaimed(limit),
      async (parcel) => {
        for (const report of await store.inbox.claim(parcel)) await runs.reportShipment(report);
      },
    ),
    new Duty(
      'report',
      (limit) => store.inbox.unsignalled(SETTLING, limit),
      (report) => runs.reportShipment(report),
    ),
    // Also where an event came before the order had its intent.
    new Duty(
      'look',
      async (limit) => {
        await store.paymentInbox.settleKnown();
        return store.paymentInbox.unsettled(SETTLING, limit);
      },
      (id) => runs.ensurePaymentSync(id),
    ),
    new Duty(
      'answer',
      (limit) => store.attention.unsignalled(SETTLING, limit),
      (answer) => runs.resolveAttention(answer),
    ),
  ];
}
