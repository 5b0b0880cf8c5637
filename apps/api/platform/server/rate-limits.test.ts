import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { ProblemError } from '../problems/problem-error.js';
import { RateLimits } from './rate-limits.js';

const PER_SECOND = 5;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How many of so many calls at once are admitted. */
async function letThrough(calls: number, take: () => Promise<void>): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: calls }, take));
  return results.filter(({ status }) => status === 'fulfilled').length;
}

it('lets a service make so many requests a second, and again a second later', async () => {
  const limits = new RateLimits({ rateLimit: PER_SECOND });
  const shop = () => limits.takeForService('shop');
  for (let second = 0; second < 3; second += 1) {
    expect(await letThrough(20, shop)).toBe(PER_SECOND);
    vi.advanceTimersByTime(1_000);
  }
});

it('counts each service, and each address, by itself', async () => {
  const limits = new RateLimits({ rateLimit: PER_SECOND });
  expect(await letThrough(20, () => limits.takeForService('10.0.0.1'))).toBe(PER_SECOND);
  expect(await letThrough(20, () => limits.takeForService('warehouse'))).toBe(PER_SECOND);
  expect(await letThrough(20, () => limits.takeForAddress('10.0.0.1'))).toBe(PER_SECOND);
  expect(await letThrough(20, () => limits.takeForAddress('10.0.0.2'))).toBe(PER_SECOND);
});

it('says when to retry', async () => {
  const limits = new RateLimits({ rateLimit: 1 });
  await limits.takeForService('shop');
  const refusal: unknown = await limits.takeForService('shop').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ProblemError);
  expect(refusal).toMatchObject({ code: 'rate_limited', headers: { 'Retry-After': '1' } });
});
