import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { backoff } from './policy.js';

describe('the pause after a failed attempt', () => {
  it('starts at one second and doubles to a minute, by the default policy', () => {
    const retry = { attempts: 20, initial: 1_000, max: 60_000 };
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 19].map((attempt) => backoff(retry, attempt));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('gives the default policy about a quarter of an hour of trying', () => {
    const retry = { attempts: 20, initial: 1_000, max: 60_000 };
    const pauses = Array.from({ length: retry.attempts - 1 }, (_, index) => backoff(retry, index + 1));
    const minutes = pauses.reduce((sum, pause) => sum + pause, 0) / 60_000;
    expect(minutes).toBeGreaterThan(13);
    expect(minutes).toBeLessThan(16);
  });

  it('never shrinks and never exceeds the longest allowed, however many attempts', () => {
    const retry = fc
      .tuple(fc.integer({ min: 1, max: 60_000 }), fc.nat(3_600_000))
      .map(([initial, more]) => ({ attempts: 1, initial, max: initial + more }));
    fc.assert(
      fc.property(retry, fc.integer({ min: 1, max: 5_000 }), (policy, attempt) => {
        const pause = backoff(policy, attempt);
        expect(pause).toBeGreaterThanOrEqual(policy.initial);
        expect(pause).toBeLessThanOrEqual(policy.max);
        expect(backoff(policy, attempt + 1)).toBeGreaterThanOrEqual(pause);
      }),
    );
  });
});
