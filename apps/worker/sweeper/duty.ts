import type { SweepLease, SweepLeaseRepository } from '#libs/persistence/sweeper/sweep-lease.repository';
import { inSpan } from '#libs/telemetry/tracing';

/** How many items one sweep processes. */
const BATCH = 200;
/** How many failures end a duty until the next sweep: with Temporal down every item would wait for its time-out. */
const GIVE_UP_AFTER = 5;
/** How long the items of a sweep are left to it. A worker that is killed delays them for as long. Milliseconds. */
const LEASE = 20_000;
/** After how long no further item is begun, so that the last one ends within the lease. Milliseconds. */
const LAST_BEGINS = 10_000;

export interface DutyRule<T> {
  readonly name: string;
  /** What is to be done, the oldest first. */
  readonly find: (limit: number) => Promise<readonly T[]>;
  /** What identifies an item within the duty. */
  readonly key: (item: T) => string;
  readonly finish: (item: T) => Promise<void>;
  /** Whether an item that was processed is still found for a while. */
  readonly staysAWhile?: boolean;
}

type Leases = Pick<SweepLeaseRepository, 'of' | 'take' | 'remove' | 'release' | 'defer'>;

/**
 * One of the sweeper's duties. Workers share its items by leases. An item that fails does not hold up the others: it is
 * left alone until the next sweep, which processes it after all that did not fail, and reads as many more.
 */
export class Duty<T> {
  /** @param interval milliseconds from one sweep to the next */
  constructor(
    private readonly rule: DutyRule<T>,
    private readonly leases: Leases,
    private readonly interval: number,
  ) {}

  get name(): string {
    return this.rule.name;
  }

  /**
   * @param finished is called for each item that was
   * @throws the first failure of an item, once the others were processed
   */
  async perform(stopping: AbortSignal, finished?: () => void): Promise<void> {
    const { name, finish, staysAWhile = false } = this.rule;
    if (stopping.aborted) return;
    const stopAt = Date.now() + LAST_BEGINS;
    const items = await this.take();
    const untried = new Set(items.keys());
    const deferred: string[] = [];
    const done: string[] = [];
    const failures: unknown[] = [];
    for (const [key, item] of items) {
      if (stopping.aborted || Date.now() > stopAt || failures.length >= GIVE_UP_AFTER) break;
      untried.delete(key);
      try {
        await inSpan(`Sweep:${name}`, {}, () => finish(item));
        finished?.();
        (staysAWhile ? deferred : done).push(key);
      } catch (error) {
        failures.push(error);
        deferred.push(key);
      }
    }
    await this.leases.remove(name, done);
    await this.leases.defer(name, deferred, this.interval);
    await this.leases.release(name, [...untried]);
    if (failures.length > 0) throw failures[0];
  }

  /** The items that are this worker's now, those that failed before last. */
  private async take(): Promise<ReadonlyMap<string, T>> {
    const { name } = this.rule;
    if ((await this.found(1)).size === 0) return new Map();
    for (;;) {
      const leases = await this.leases.of(name);
      const limit = BATCH + leases.length;
      const wanted = this.free(await this.found(limit), leases).slice(0, BATCH);
      if (wanted.length === 0) return new Map();
      const taken = await this.leases.take(name, wanted, LEASE);
      // Other workers took all of them at the same time: there may be more.
      if (taken.length > 0) return this.stillOpen(wanted, new Set(taken), limit);
    }
  }

  /** The keys of items that no worker has, those that failed before last. */
  private free(found: ReadonlyMap<string, T>, leases: readonly SweepLease[]): string[] {
    const leased = new Set(leases.map(({ key }) => key));
    const again = leases.flatMap(({ key, isHeld }) => (isHeld || !found.has(key) ? [] : [key]));
    return [...[...found.keys()].filter((key) => !leased.has(key)), ...again];
  }

  /** Those that another worker has not processed, and released, since they were found. */
  private async stillOpen(
    wanted: readonly string[],
    taken: ReadonlySet<string>,
    limit: number,
  ): Promise<ReadonlyMap<string, T>> {
    const open = await this.found(limit);
    await this.leases.remove(
      this.rule.name,
      [...taken].filter((key) => !open.has(key)),
    );
    return new Map(
      wanted.flatMap((key) => {
        const item = open.get(key);
        return item !== undefined && taken.has(key) ? [[key, item] as const] : [];
      }),
    );
  }

  private async found(limit: number): Promise<Map<string, T>> {
    const items = await this.rule.find(limit);
    return new Map(items.map((item) => [this.rule.key(item), item]));
  }
}
