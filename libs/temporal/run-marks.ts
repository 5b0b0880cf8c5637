import type { OrderId } from '#libs/domain/order/order-id';
import type { Report } from '#libs/persistence/fulfilment/inbox.repository';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import type { ReachedRuns, RunMarkRepository } from '#libs/persistence/runs/run-mark.repository';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';

/** Notes which runs were started, and which events were signalled to one. */
export interface RunMarks {
  /** @param run its number among the order's */
  started(orderId: OrderId, run: number): Promise<void>;
  signalled(report: Pick<Report, 'eventId'>): Promise<void>;
}

/** Each is noted at once: for a caller that repeats whatever is not. */
export const marksAtOnce = ({ orders, inbox }: Pick<Store, 'orders' | 'inbox'>): RunMarks => ({
  started: (orderId, run) => orders.markStarted(orderId, run),
  signalled: (report) => inbox.markSignalled(report),
});

/** How long marks are gathered: well below the time after which the sweeper repeats what has none. Milliseconds. */
const GATHERED_FOR = 1_000;

interface Marked {
  readonly orders: Pick<OrderRepository, 'markStarted'>;
  readonly runMarks: Pick<RunMarkRepository, 'mark'>;
}

/**
 * All of a second are noted by one statement. What a process that is killed has not noted is repeated by the sweeper, which
 * changes nothing.
 */
export class GatheredMarks implements RunMarks {
  private orders = new Set<OrderId>();
  private eventIds = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Marked,
    private readonly logger: Logger,
  ) {}

  async started(orderId: OrderId, run: number): Promise<void> {
    // Rare: another run resumes an order.
    if (run !== 1) return this.store.orders.markStarted(orderId, run);
    this.orders.add(orderId);
    this.writeLater();
  }

  async signalled({ eventId }: Pick<Report, 'eventId'>): Promise<void> {
    this.eventIds.add(eventId);
    this.writeLater();
  }

  /** Writes what is gathered, and waits until everything is written. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const reached = { orders: [...this.orders], eventIds: [...this.eventIds] };
    this.orders = new Set();
    this.eventIds = new Set();
    if (reached.orders.length + reached.eventIds.length > 0)
      this.writing = Promise.all([this.writing, this.write(reached)]).then(() => undefined);
    await this.writing;
  }

  private writeLater(): void {
    this.timer ??= setTimeout(() => void this.flush(), GATHERED_FOR).unref();
  }

  private async write(reached: ReachedRuns): Promise<void> {
    try {
      await this.store.runMarks.mark(reached);
    } catch (err) {
      this.logger.warn({ err }, 'runs could not be marked as started or signalled; the sweeper repeats it');
    }
  }
}
