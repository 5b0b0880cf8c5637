import { beforeEach, describe, expect, it } from 'vitest';

import { Duty } from './duty.js';

describe('a duty of the sweeper', () => {
  /** What is to be done, the oldest first, as the database lists it. */
  let open: number[];
  let locked: Set<number>;
  let done: number[];
  let tried: number[];
  let duty: Duty<{ readonly id: number }>;
  beforeEach(() => {
    [open, locked, done, tried] = [[], new Set(), [], []];
    duty = new Duty(
      'start',
      async (limit) => open.slice(0, limit).map((id) => ({ id })),
      async ({ id }) => {
        tried.push(id);
        if (locked.has(id)) throw new Error(`${id} is locked`);
        open = open.filter((each) => each !== id);
        done.push(id);
      },
    );
  });
  const sweep = () =>
    duty.perform(new AbortController().signal).then(
      () => 'done',
      (error: Error) => error.message,
    );
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

  it('processes its items, and reports what failed of them', async () => {
    open = range(1, 4);
    locked.add(2);
    expect(await sweep()).toBe('2 is locked');
    expect(done).toEqual([1, 3, 4]);
    locked.clear();
    expect(await sweep()).toBe('done');
    expect(open).toEqual([]);
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
});
