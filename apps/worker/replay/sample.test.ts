import { describe, expect, it } from 'vitest';

import { BothEnds, shareOut } from './sample.js';

describe('both ends of a list', () => {
  const listOf = (size: number, most: number) => {
    const ends = new BothEnds<number>(most);
    for (let one = 1; one <= size; one += 1) ends.add(one);
    return ends;
  };

  it.each([
    [0, 4, []],
    [3, 4, [1, 2, 3]],
    [4, 4, [1, 2, 3, 4]],
    [5, 4, [1, 2, 4, 5]],
    [1_000, 4, [1, 2, 999, 1_000]],
    [1_000, 3, [1, 2, 1_000]],
    [1_000, 1, [1]],
    [1_000, 0, []],
  ])('of %i are %i of them, none twice', (size, count, taken) => {
    expect(listOf(size, 4).take(count)).toEqual(taken);
  });
});

it.each([
  [10, [100, 100], [5, 5]],
  [10, [2, 100], [2, 8]],
  [10, [1, 0, 3], [1, 0, 3]],
  [3, [5, 5], [2, 1]],
  [0, [5], [0]],
  [5, [], []],
])('%i are shared out among groups of %j as %j', (count, sizes, shares) => {
  expect(shareOut(count, sizes)).toEqual(shares);
});
