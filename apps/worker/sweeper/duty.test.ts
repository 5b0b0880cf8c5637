import { beforeEach, describe, expect, it } from 'vitest';

import { Duty } from './duty.js';

const INTERVAL = 10_000;

/** Leases of several workers over one clock, which a test sets. */
class Leases {
  now = 0;
  readonly until = new Map<string, number>();
  private readonly tried = new Map<string, number>();

  async of() {
    return [...this.until]
      .toSorted(([one], [other]) => (this.tried.get(one) ?? -1) - (this.tried.get(other) ?? -1))
      .map(([key, until]) => ({ key, isHeld: until > this.now }));
  }

  async take(_: string, keys: readonly string[], time: number) {
    const free = keys.filter((key) => (this.until.get(key) ?? 0) <= this.now);
    for (const key of free) this.until.set(key, this.now + time);
    return free;
  }

  async remove(_: string, keys: readonly string[]) {
    for (const key of keys) {
      this.until.delete(key);
      this.tried.delete(key);
    }
  }

  async release(_: string, keys: readonly string[]) {
    for (const key of keys)
      if (this.tried.has(key)) this.until.set(key, this.now);
      else this.until.delete(key);
  }

  async defer(_: string, keys: readonly string[], time: number) {
    for (const key of keys) {
      this.until.set(key, this.now + time);
      this.tried.set(key, this.now);
    }
  }
}

describe('a duty of the sweeper', () => {
  /** What is to be done, the oldest first, as the database lists it. */
  let open: number[];
  let locked: Set<number>;
  let done: number[];
  let tried: number[];
  let leases: Leases;
  let finish: (id: number) => Promise<void>;
  const worker = (staysAWhile = false) =>
    new Duty<number>(
      {
        name: 'start',
        key: String,
        find: async (limit) => open.slice(0, limit),
        finish: (id) => finish(id),
        staysAWhile,
      },
      leases,
      INTERVAL,
    );
  let duty: Duty<number>;
  beforeEach(() => {
    [open, locked, done, tried] = [[], new Set(), [], []];
    leases = new Leases();
    finish = async (id) => {
      tried.push(id);
      if (locked.has(id)) throw new Error(`${id} is locked`);
      open = open.filter((each) => each !== id);
      done.push(id);
    };
    duty = worker();
  });
  /** One sweep, and the time to the next. */
  const sweep = async (by = duty) => {
    const outcome = await by.perform(new AbortController().signal).then(
      () => 'done',
      (error: Error) => error.message,
    );
    leases.now += INTERVAL;
    return outcome;
  };
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

  it('processes its items, and reports what failed of them', async () => {
    open = range(1, 4);
    locked.add(2);
    expect(await sweep()).toBe('2 is locked');
    expect(done).toEqual([1, 3, 4]);
    locked.clear();
    expect(await sweep()).toBe('done');
    expect(open).toEqual([]);
    expect(leases.until.size).toBe(0);
  });

  it('gives up after five failures, and then processes first what did not fail', async () => {
    open = range(1, 20);
    locked = new Set(range(1, 5));
    expect(await sweep()).toBe('1 is locked');
    expect(done).toEqual([]);
    await sweep();
    expect(done).toEqual(range(6, 20));
    expect(tried.slice(-5)).toEqual(range(1, 5));
  });

  it('tries all that fail in turn, so that one of them that is free again is found', async () => {
    open = range(1, 12);
    locked = new Set(range(1, 12));
    for (let sweeps = 0; sweeps < 3; sweeps++) await sweep();
    locked.delete(9);
    for (let sweeps = 0; sweeps < 3; sweeps++) await sweep();
    expect(done).toEqual([9]);
  });

  it('reaches what is behind more failures than one sweep reads', async () => {
    open = range(1, 400);
    locked = new Set(range(1, 300));
    for (let sweeps = 0; sweeps < 80; sweeps++) await sweep();
    expect(done).toEqual(range(301, 400));
  });

  it('ends at once when the worker stops', async () => {
    open = range(1, 4);
    const stopping = new AbortController();
    stopping.abort();
    await duty.perform(stopping.signal);
    expect(tried).toEqual([]);
  });

  it('leaves to another worker what that one has, and does the rest', async () => {
    open = range(1, 500);
    const others: Promise<string>[] = [];
    const first = finish;
    // The second and the third worker sweep while the first has begun.
    finish = async (id) => {
      if (others.length === 0) {
        others.push(Promise.resolve('begun'));
        others.push(sweep(worker()), sweep(worker()));
        await Promise.all(others);
      }
      return first(id);
    };
    await sweep();
    expect(tried.toSorted((one, other) => one - other)).toEqual(range(1, 500));
  });

  it('does not repeat what another worker failed at before the next sweep', async () => {
    open = range(1, 3);
    locked = new Set(range(1, 3));
    await duty.perform(new AbortController().signal).catch(() => undefined);
    for (let workers = 0; workers < 9; workers++) await worker().perform(new AbortController().signal);
    expect(tried).toEqual([1, 2, 3]);
  });

  it('leaves alone until the next sweep what is found for a while after it was processed', async () => {
    open = [1];
    finish = async (id) => void tried.push(id);
    const signal = new AbortController().signal;
    for (let workers = 0; workers < 10; workers++) await worker(true).perform(signal);
    expect(tried).toEqual([1]);
    leases.now += INTERVAL;
    await worker(true).perform(signal);
    expect(tried).toEqual([1, 1]);
  });

  it('takes over what a worker had that was killed', async () => {
    open = range(1, 3);
    await leases.take('start', ['1', '2'], 20_000);
    await sweep();
    expect(done).toEqual([3]);
    leases.now = 20_000;
    await sweep();
    expect(done).toEqual([3, 1, 2]);
  });
});
