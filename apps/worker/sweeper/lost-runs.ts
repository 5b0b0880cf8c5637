import type { OrderId } from '#libs/domain/order/order-id';
import type { ComparedOrder, Look, StartedRun } from '#libs/persistence/runs/run-look.repository';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import type { OrderRuns } from '#libs/temporal/order-runs';
import type { RunVisibility } from '#libs/temporal/run-visibility';

import type { StuckRuns } from './stuck-runs.js';

export interface LostRunsOptions {
  /** What happens to an order whose run is lost: an attention is opened, or another run resumes it. */
  readonly answer: 'attention' | 'restart';
  /** How many lost runs of one look are acted on: more indicate a wrong namespace, or a lost server. */
  readonly limit: number;
  /** Milliseconds between two looks of all workers together. */
  readonly interval: number;
}

/** How many open orders one look compares at the least. */
const COMPARED = 200;
/**
 * How long comparing all open orders may take; milliseconds. A little is left for looks that fail, and for orders that
 * were not estimated.
 */
const ROUND = 50 * 60_000;
/** Lists may be behind: runs that closed shortly before the last look are checked again. Milliseconds. */
const BEHIND = 120_000;
/** How long a worker may take for its look before another worker repeats it, in milliseconds. */
const LEASE = 120_000;
/** An order whose runs are lost so often is left to an operator. */
const RESTARTS = 3;
/** How many suspicions of one list may prove unfounded before its look is given up. */
const UNFOUNDED = 100;

/** Runs that a look found lost, and why; by their orders. */
type Found = Map<OrderId, { readonly run: number; readonly reason: string }>;

/** The operations on runs that the look needs. */
interface Runs extends Pick<OrderRuns, 'startLast'> {
  readonly visibility: Pick<RunVisibility, 'closedSince' | 'running' | 'describe'>;
}

class TooManyLost extends Error {
  override readonly name = 'TooManyLost';
}

/**
 * Finds open orders whose run is gone: by listing runs in Temporal closed since the last look, and by comparing
 * all open orders, some at each look, with the existing runs. Workers take turns.
 */
export class LostRuns {
  constructor(
    private readonly store: Store,
    private readonly runs: Runs,
    private readonly logger: Logger,
    private readonly options: LostRunsOptions,
    private readonly stuckRuns: Pick<StuckRuns, 'look'>,
  ) {}

  /** Makes a look, if one is due. */
  async look(): Promise<void> {
    const look = await this.store.runLook.begin(Math.max(LEASE, this.options.interval));
    if (look === null) return;
    await this.stuckRuns.look(await this.findLost(look));
  }

  /** @returns the open orders among those compared that have no known wait, and still have their run */
  private async findLost(look: Look): Promise<readonly OrderId[]> {
    const { interval, limit } = this.options;
    const lost: Found = new Map();
    try {
      await this.findClosed(look, lost);
      const { comparedTo, unexplained } = await this.compare(look, lost);
      await this.actOn(lost);
      const closedUntil = new Date(look.at.getTime() - BEHIND);
      await this.store.runLook.end({ is: 'done', closedUntil, comparedTo }, interval);
      if (look.isAlarmed) this.logger.info('runs are no longer lost in numbers above LOST_RUN_LIMIT');
      return unexplained.filter((id) => !lost.has(id));
    } catch (error) {
      if (!(error instanceof TooManyLost)) throw error;
      await this.store.runLook.end({ is: 'alarm', runs: lost.size }, interval);
      if (look.isAlarmed) return [];
      const examples = [...lost.keys()].slice(0, 5);
      this.logger.error(
        { atLeast: lost.size, limit, examples },
        'more runs are lost than LOST_RUN_LIMIT: is this the right namespace, and has its server its data? Nothing is restarted',
      );
      return [];
    }
  }

  /** Runs that failed, timed out, were terminated or cancelled since the last look. */
  private async findClosed({ closedUntil }: Look, lost: Found): Promise<void> {
    for await (const closed of this.runs.visibility.closedSince(closedUntil)) {
      await this.store.runLook.restartRefunds(closed.flatMap((run) => (run.of === 'refund' ? [run] : [])));
      const orders = closed.flatMap((run) => (run.of === 'order' ? [run] : []));
      await this.confirm(await this.store.runLook.unknownAmong(orders), lost);
    }
  }

  /** Compares the next open orders with the existing runs: a run that is not even in a list is found only so. */
  private async compare(look: Look, lost: Found) {
    const looks = Math.max(Math.floor(ROUND / this.options.interval), 1);
    const share = Math.ceil((await this.store.runLook.estimateOpen()) / looks);
    const batch = Math.max(share, COMPARED);
    const orders = await this.store.runLook.openAfter(look.comparedTo, batch);
    const running = await this.runs.visibility.running(orders.map(({ id }) => id));
    const without = orders.flatMap(({ id }) => (running.has(id) ? [] : [{ orderId: id }]));
    await this.confirm(await this.store.runLook.unknownAmong(without), lost);
    const last = orders.length < batch ? null : (orders.at(-1)?.id ?? null);
    return { comparedTo: last, unexplained: orders.filter(isUnexplained).map(({ id }) => id) };
  }

  /** Lists may be behind, or show an earlier run: each suspected order's run is described, up to the limit. */
  private async confirm(candidates: readonly StartedRun[], lost: Found): Promise<void> {
    const before = lost.size;
    for (const [asked, candidate] of candidates.entries()) {
      const { orderId } = candidate;
      if (lost.has(orderId)) continue;
      if (asked - (lost.size - before) > UNFOUNDED)
        throw new Error("Temporal's lists do not show runs that are there");
      const found = await this.runs.visibility.describe(orderId);
      if (found?.status !== 'running') this.add(lost, candidate, found?.status ?? 'missing');
    }
  }

  private add(lost: Found, { orderId, run }: StartedRun, reason: string): void {
    lost.set(orderId, { run, reason });
    if (lost.size > this.options.limit) throw new TooManyLost();
  }

  /** An order that is locked does not hold up the ones after it; the look is repeated for it. */
  private async actOn(lost: Found): Promise<void> {
    const failures: unknown[] = [];
    for (const [orderId, { run, reason }] of lost)
      await this.act(orderId, run, reason).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  /** Nothing, where another run has resumed the order meanwhile. */
  private async act(orderId: OrderId, run: number, reason: string): Promise<void> {
    const order = await this.store.orders.get(orderId);
    const mayRestart = run <= RESTARTS;
    const restarts =
      mayRestart && (this.options.answer === 'restart' || (await this.isToBeCancelled(orderId)));
    // Where an operator acknowledged it, and money or the parcel moves all the same, an operator decides again.
    if (restarts && !(await this.store.runs.isGone(orderId))) {
      if (!(await this.store.runs.decideRestart(order, run, reason, 'sweeper'))) return;
      this.logger.warn(
        { orderId, reason, run: run + 1 },
        'an order is resumed by another run: its run is gone',
      );
      await this.runs.startLast(orderId);
    } else if (await this.store.attention.flagClosedRun(order, reason, run)) {
      this.logger.error({ orderId, reason }, 'an order is open and its run is gone');
    }
  }

  /** Whether the lost run had a cancellation request: then the order is cancelled without an attention. */
  private async isToBeCancelled(orderId: OrderId): Promise<boolean> {
    return (await this.store.cancellations.find(orderId))?.state === 'requested';
  }
}

const isUnexplained = ({ isUnexplained: is }: ComparedOrder) => is;
