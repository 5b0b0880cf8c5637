import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { type OrderId, orderId } from '#libs/domain/order/order-id';
import type { ReachedRuns } from '#libs/persistence/runs/run-mark.repository';

import { GatheredMarks } from './run-marks.js';

const [ONE, OTHER] = [1, 2].map((n) => orderId(`019b7654-0000-7000-8000-00000000000${n}`)) as [
  OrderId,
  OrderId,
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Marks, and what was written of them. */
function marks(fails = () => false) {
  const written: ReachedRuns[] = [];
  const atOnce: [OrderId, number | undefined][] = [];
  const store = {
    orders: { markStarted: async (...given: [OrderId, number?]) => void atOnce.push([given[0], given[1]]) },
    runMarks: {
      mark: async (reached: ReachedRuns) => {
        if (fails()) throw new Error('away');
        written.push(reached);
      },
    },
  };
  return { written, atOnce, gathered: new GatheredMarks(store, pino({ enabled: false })) };
}

it('what is noted within a second is written once', async () => {
  const { gathered, written } = marks();
  await gathered.started(ONE, 1);
  await gathered.signalled({ eventId: 'evt_1' });
  await vi.advanceTimersByTimeAsync(500);
  await gathered.started(OTHER, 1);
  await gathered.started(ONE, 1);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  expect(written).toEqual([{ orders: [ONE, OTHER], eventIds: ['evt_1'] }]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(written).toHaveLength(1);
});

it('a process that stops waits until all is written', async () => {
  const { gathered, written } = marks();
  await gathered.signalled({ eventId: 'evt_1' });
  await gathered.flush();
  expect(written).toEqual([{ orders: [], eventIds: ['evt_1'] }]);
});

it('what cannot be written is left to the sweeper, and the next is written', async () => {
  let isAway = true;
  const { gathered, written } = marks(() => isAway);
  await gathered.started(ONE, 1);
  await gathered.flush();
  isAway = false;
  await gathered.started(OTHER, 1);
  await gathered.flush();
  expect(written).toEqual([{ orders: [OTHER], eventIds: [] }]);
});

it('a run that resumes an order is noted at once', async () => {
  const { gathered, written, atOnce } = marks();
  await gathered.started(ONE, 2);
  expect(atOnce).toEqual([[ONE, 2]]);
  await gathered.flush();
  expect(written).toEqual([]);
});
