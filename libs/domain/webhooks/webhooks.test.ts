import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ATTEMPTS, pauseBeforeNext } from './delivery.js';
import { setback } from './endpoint-health.js';
import { EVENT_PATTERNS } from './subscription.js';

const HOUR = 3_600_000;
const FIVE_DAYS = 5 * 24 * HOUR;
const refused = { failure: 'status', status: 500, retryAfter: null } as const;

it('an endpoint subscribes to types, subjects or all', () => {
  expect(EVENT_PATTERNS).toEqual(expect.arrayContaining(['*', 'order.*', 'attention.*', 'refund.failed']));
  expect(EVENT_PATTERNS).not.toContain('order.sold');
});

describe('the schedule of a delivery', () => {
  it('is that of Svix: eight attempts in 27 hours and a half', () => {
    const pauses = Array.from({ length: ATTEMPTS }, (_, made) => pauseBeforeNext(made + 1, refused, 0.5));
    expect(pauses).toEqual([5_000, 300_000, 1_800_000, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR, null]);
  });

  it('is spread by a tenth to either side', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: ATTEMPTS - 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (made, random) => {
          const middle = pauseBeforeNext(made, refused, 0.5) ?? 0;
          const pause = pauseBeforeNext(made, refused, random) ?? 0;
          expect(pause).toBeGreaterThanOrEqual(middle * 0.9 - 1);
          expect(pause).toBeLessThanOrEqual(middle * 1.1 + 1);
        },
      ),
    );
  });

  it('respects what the receiver asks for, up to an hour', () => {
    const busy = (retryAfter: number) => ({ failure: 'status', retryAfter }) as const;
    expect(pauseBeforeNext(1, busy(60_000), 0.5)).toBe(60_000);
    expect(pauseBeforeNext(1, busy(10 * HOUR), 0.5)).toBe(HOUR);
    expect(pauseBeforeNext(2, busy(1_000), 0.5)).toBe(300_000);
    expect(pauseBeforeNext(ATTEMPTS, busy(1_000), 0.5)).toBeNull();
  });

  it('ends where there is no event any more', () => {
    expect(pauseBeforeNext(1, { failure: 'event_gone', retryAfter: null }, 0.5)).toBeNull();
  });
});

describe('an endpoint that fails', () => {
  const after = (
    failures: number,
    failingFor: number,
    outcome: { status: number; retryAfter: number | null } = refused,
  ) => setback(outcome, { failures, failingFor }, FIVE_DAYS);

  it('is not paused for a few failures', () => {
    expect(after(1, 0)).toEqual({ pause: 0, disables: null });
    expect(after(4, HOUR)).toEqual({ pause: 0, disables: null });
  });

  it('is asked less often the longer it fails, and each five minutes at the least', () => {
    expect([0, 10_000, 60_000, HOUR].map((failingFor) => after(5, failingFor).pause)).toEqual([
      5_000, 10_000, 60_000, 300_000,
    ]);
  });

  it('is left alone for as long as it asks, up to an hour', () => {
    expect(after(1, 0, { status: 429, retryAfter: 30_000 }).pause).toBe(30_000);
    expect(after(1, 0, { status: 503, retryAfter: 10 * HOUR }).pause).toBe(HOUR);
  });

  it('is disabled after the time that is set, and at once when it is gone', () => {
    expect(after(9, FIVE_DAYS - 1).disables).toBeNull();
    expect(after(9, FIVE_DAYS).disables).toBe('failing');
    expect(after(1, 0, { status: 410, retryAfter: null }).disables).toBe('gone');
  });
});
