import { expect, it } from 'vitest';

import { PreferHeader } from './headers.api.js';

it.each([
  ['wait=10', 10],
  ['WAIT = 10', 10],
  ['wait="10"', 10],
  ['respond-async, wait=10', 10],
  ['respond-async;x="a, wait=3" , wait=10; y', 10],
  ['wait=10, wait=20', 10],
  ['wait=30', 30],
  ['wait=31', 30],
  [`wait=${'9'.repeat(400)}`, 30],
  ['wait=0', 0],
  ['wait=-1', 0],
  ['wait=1.5', 0],
  ['wait="10', 0],
  ['wait', 0],
  ['wait, wait=10', 0],
  ['waiting=10', 0],
  ['return="wait=10, wait=10"', 0],
  ['', 0],
  [',,,', 0],
  [`${' '.repeat(1_000)}wait=10`, 0],
  [`"${'\\"'.repeat(499)}`, 0],
  ['"'.repeat(999), 0],
])('a caller that prefers %s would wait for %s seconds', (header, seconds) => {
  expect(PreferHeader.parse(header)).toBe(seconds);
});
