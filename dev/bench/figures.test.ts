import { expect, test } from 'vitest';

import { concurrently } from './concurrently.js';
import { percentile, spread } from './figures.js';

test('a percentile is one of the values, whatever their order', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
});

test('three rounds have a least, a middle and a greatest', () => {
  expect(spread([2.1, 1.9, 2])).toEqual({ min: 1.9, median: 2, max: 2.1 });
});

test('no more run at once than requested, and all are done', async () => {
  let running = 0;
  let most = 0;
  const done = await concurrently(20, 3, async (index) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    return index;
  });
  expect(most).toBe(3);
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test('nothing is begun after one has failed', async () => {
  let begun = 0;
  const failing = concurrently(20, 1, async () => {
    begun++;
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  expect(begun).toBe(1);
});
