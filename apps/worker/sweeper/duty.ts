import { inSpan } from '#libs/telemetry/tracing';

/** How many items one sweep processes. */
const BATCH = 200;
/** How many failures end a duty until the next sweep: with Temporal down every item would wait for its time-out. */
const GIVE_UP_AFTER = 5;

interface Found<T> {
  /** The item as JSON. */
  readonly key: string;
  readonly item: T;
}

/**
 * One of the sweeper's duties. An item that fails does not hold up the others: the next sweeps process it after all that
 * did not fail, and read as many more.
 */
export class Duty<T> {
  /** Items that failed, the last failure last. */
  private readonly failed = new Set<string>();

  constructor(
    readonly name: string,
    private readonly find: (limit: number) => Promise<readonly T[]>,
    private readonly finish: (item: T) => Promise<void>,
  ) {}

  /**
   * @param finished is called for each item that was
   * @throws the first failure of an item, once the others were processed
   */
  async perform(stopping: AbortSignal, finished?: () => void): Promise<void> {
    const failures: unknown[] = [];
    for (const { key, item } of this.ordered(await this.find(BATCH + this.failed.size))) {
      if (stopping.aborted) return;
      this.failed.delete(key);
      try {
        await inSpan(`Sweep:${this.name}`, {}, () => this.finish(item));
        finished?.();
      } catch (error) {
        this.failed.add(key);
        failures.push(error);
      }
      if (failures.length >= GIVE_UP_AFTER) break;
    }
    if (failures.length > 0) throw failures[0];
  }

  /** The items, those that failed before last; forgets failures of items that are done. */
  private ordered(items: readonly T[]): readonly Found<T>[] {
    const found = new Map<string, Found<T>>();
    for (const item of items) {
      const key = JSON.stringify(item);
      found.set(key, { key, item });
    }
    const again = [...this.failed].flatMap((key) => found.get(key) ?? []);
    this.failed.clear();
    for (const { key } of again) {
      this.failed.add(key);
      found.delete(key);
    }
    return [...found.values(), ...again];
  }
}
