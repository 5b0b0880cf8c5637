import { setTimeout as delay } from 'node:timers/promises';

import type { OrderId } from '#libs/domain/order/order-id';
import type { Store } from '#libs/persistence/store';
import type { OrderRuns } from '#libs/temporal/order-runs';
import type { LogContext } from '#libs/telemetry/log-context';
import type { Logger } from '#libs/telemetry/logger';

import type { SweeperMetrics } from '../telemetry/sweeper-metrics.js';
import { Duty, type DutyRule } from './duty.js';
import type { LostRuns } from './lost-runs.js';
import type { OldRows } from './old-rows.js';

/** Rows stored this recently are left to the process that stored them. Milliseconds. */
const SETTLING = 5_000;

/** The calls to Temporal that the duties make; each marks its row as done. */
export type SweptRuns = Pick<
  OrderRuns,
  | 'start'
  | 'startRefund'
  | 'requestCancellation'
  | 'attemptPayment'
  | 'reportShipment'
  | 'ensurePaymentSync'
  | 'resolveAttention'
>;

/**
 * Finishes rows that were stored and not signalled: orders and refunds whose run was never started, events that
 * were not applied, answers and requests; and removes old rows. Several workers share the rows, and every duty may be
 * repeated.
 */
export class Sweeper {
  private readonly stopping = new AbortController();
  private readonly duties: readonly Pick<Duty<unknown>, 'name' | 'perform'>[];
  private loop: Promise<void> | undefined;

  constructor(
    store: Store,
    runs: SweptRuns,
    lostRuns: Pick<LostRuns, 'look'>,
    oldRows: Pick<OldRows, 'remove'>,
    private readonly logger: Logger,
    /** Milliseconds between two sweeps. */
    private readonly interval: number,
    private readonly metrics?: SweeperMetrics,
  ) {
    this.duties = [
      ...dutiesOf(store, runs, logger, interval),
      { name: 'lost', perform: () => lostRuns.look() },
      { name: 'remove', perform: (stopping) => oldRows.remove(stopping) },
      { name: 'leases', perform: () => store.sweepLeases.removeForgotten() },
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

function dutiesOf(store: Store, runs: SweptRuns, logger: Logger, interval: number) {
  const contextOf = async (orderId: OrderId): Promise<LogContext> => {
    // A line without its request is better than a repeat that fails for it.
    const order = await store.orders.find(orderId).catch(() => null);
    return { orderId, ...(order?.requestId ? { reqId: order.requestId } : {}) };
  };
  const duty = <T>(rule: DutyRule<T>) => new Duty(rule, store.sweepLeases, interval);
  return [
    duty({
      name: 'start',
      find: (limit) => store.sweep.neverStarted(SETTLING, limit),
      key: ({ id, run }) => `${id}:${run}`,
      finish: async ({ id, policy, run }) => {
        await runs.start(id, policy, run);
        logger.info(await contextOf(id), 'started an order that had been stored and not started');
      },
    }),
    duty({
      name: 'refund',
      find: (limit) => store.refunds.toStart(SETTLING, limit),
      key: ({ id }) => id,
      finish: async ({ id, orderId, policy }) => {
        await runs.startRefund(id, orderId, policy);
        logger.info({ ...(await contextOf(orderId)), refundId: id }, 'a refund was given a run');
      },
    }),
    duty({
      name: 'cancel',
      find: (limit) => store.cancellations.unsignalled(SETTLING, limit),
      key: ({ orderId }) => orderId,
      finish: (request) => runs.requestCancellation(request),
      // While too many runs are lost, the request waits.
      staysAWhile: true,
    }),
    duty({
      name: 'attempt',
      find: (limit) => store.paymentAttempts.unsignalled(SETTLING, limit),
      key: ({ orderId, attempt }) => `${orderId}:${attempt}`,
      finish: (attempt) => runs.attemptPayment(attempt),
    }),
    duty({
      name: 'claim',
      find: (limit) => store.inbox.unclaimed(limit),
      key: ({ orderId, trackingNumber }) => `${orderId}:${trackingNumber}`,
      finish: async (parcel) => {
        for (const report of await store.inbox.claim(parcel)) await runs.reportShipment(report);
      },
    }),
    duty({
      name: 'report',
      find: (limit) => store.inbox.unsignalled(SETTLING, limit),
      key: ({ eventId }) => eventId,
      finish: (report) => runs.reportShipment(report),
    }),
    // Also where an event came before the order had its intent.
    duty({
      name: 'look',
      find: async (limit) => {
        await store.paymentInbox.settleKnown();
        return store.paymentInbox.unsettled(SETTLING, limit);
      },
      key: (orderId) => orderId,
      finish: (orderId) => runs.ensurePaymentSync(orderId),
      // Until the sync has read the payment.
      staysAWhile: true,
    }),
    duty({
      name: 'answer',
      find: (limit) => store.attention.unsignalled(SETTLING, limit),
      key: ({ attentionId }) => attentionId,
      finish: (answer) => runs.resolveAttention(answer),
    }),
  ];
}
