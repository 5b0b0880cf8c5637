import type { RunStuckCause } from '#libs/domain/order/attention';
import type { OrderId } from '#libs/domain/order/order-id';
import type { StartedRun } from '#libs/persistence/runs/run-look.repository';
import type { Store } from '#libs/persistence/store';
import type { TaskQueue } from '#libs/temporal/task-queue';
import type { RunVisibility } from '#libs/temporal/run-visibility';
import { stuckBecause, WAITS_TOO_LONG } from '#libs/temporal/stuck-run';

/** How many orders show at once that their run is stuck: with all workers of a version gone, every order would. */
const SHOWN = 1_000;
/** How many orders that changed lately are asked about in one look, where any of them may be stuck. */
const ASKED = 200;

export interface StuckRunsOptions {
  /** When this process started. */
  readonly startedAt?: Date;
  /** How long a task may wait until that is because no worker takes it. Milliseconds. */
  readonly waitsTooLong?: number;
}

/** What Temporal said at the beginning of a look. */
interface Seen {
  /** The orders whose run it lists with problems; null where it is too old to list any. */
  readonly listed: ReadonlySet<OrderId> | null;
  readonly queue: TaskQueue;
}

/**
 * Finds open orders whose run is there and does not go on, because its workflow task fails or no worker takes it, and
 * opens an attention for each; closes it once the run goes on. Runs are not asked one by one: Temporal lists
 * those that fail, and tells whether tasks wait.
 */
export class StuckRuns {
  private readonly startedAt: Date;
  private readonly waitsTooLong: number;

  constructor(
    private readonly store: Store,
    private readonly visibility: Pick<RunVisibility, 'failing' | 'queue' | 'describe'>,
    { startedAt = new Date(), waitsTooLong = WAITS_TOO_LONG }: StuckRunsOptions = {},
  ) {
    this.startedAt = startedAt;
    this.waitsTooLong = waitsTooLong;
  }

  /** @param unexplained open orders without a known wait: what an older Temporal does not list is found so */
  async look(unexplained: readonly OrderId[]): Promise<void> {
    const failing = await this.visibility.failing(SHOWN);
    const seen: Seen = {
      listed: failing && new Set(failing),
      queue: await this.visibility.queue(),
    };
    const open = await this.withdraw(seen);
    await this.flag(await this.candidates(seen, unexplained), SHOWN - open, seen);
  }

  /** Closes the attentions about runs that go on, or are stuck for another cause. @returns how many stay open */
  private async withdraw(seen: Seen): Promise<number> {
    let open = 0;
    for (const { orderId, attentionId, cause } of await this.store.runLook.stuck(SHOWN)) {
      if ((await this.causeOf(orderId, seen)) === cause) open += 1;
      else await this.store.attention.withdrawStuckRun(await this.store.orders.get(orderId), attentionId);
    }
    return open;
  }

  /** The orders whose run may be stuck, and is not known to be. */
  private async candidates(
    { listed, queue }: Seen,
    unexplained: readonly OrderId[],
  ): Promise<readonly StartedRun[]> {
    const named = [...(listed ?? []), ...unexplained].map((orderId) => ({ orderId }));
    const mayBeAny = listed === null || queue.backlogAge >= this.waitsTooLong;
    return [
      ...(await this.store.runLook.unknownAmong(named, 'stuck')),
      ...(mayBeAny ? await this.store.runLook.changedLately(ASKED) : []),
    ];
  }

  private async flag(candidates: readonly StartedRun[], limit: number, seen: Seen): Promise<void> {
    let left = limit;
    for (const { orderId, run } of candidates) {
      if (left <= 0) return;
      const cause = await this.causeOf(orderId, seen);
      if (cause === null || (cause === 'no_worker_for_version' && this.hasJustStarted(seen))) continue;
      const order = await this.store.orders.get(orderId);
      if (await this.store.attention.flagStuckRun(order, cause, run)) left -= 1;
    }
  }

  /** Then tasks may have waited for this very process, which has not asked for any yet. */
  private hasJustStarted({ queue }: Seen): boolean {
    return queue.readAt.getTime() - this.startedAt.getTime() < this.waitsTooLong;
  }

  private async causeOf(orderId: OrderId, { listed, queue }: Seen): Promise<RunStuckCause | null> {
    const found = await this.visibility.describe(orderId);
    if (found?.status !== 'running') return null;
    return stuckBecause(found, queue, this.waitsTooLong, listed?.has(orderId));
  }
}
