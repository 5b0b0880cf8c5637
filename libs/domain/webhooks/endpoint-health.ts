import { type AttemptOutcome, pauseAskedFor } from './delivery.js';

/** Why an endpoint is disabled: by an operator, since it kept failing, or since it said 410 Gone. */
export const DISABLED_REASONS = ['operator', 'failing', 'gone'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** After how many failed attempts in a row an endpoint gets one attempt at a time. */
export const FAILURES_BEFORE_PROBES = 5;

const SHORTEST_PAUSE = 5_000;
const LONGEST_PAUSE = 300_000;

/** What follows for an endpoint from an attempt that failed. */
export interface Setback {
  /** Milliseconds in which nothing is sent to it. */
  readonly pause: number;
  readonly disables: DisabledReason | null;
}

/**
 * An endpoint that only fails is asked less and less often, whatever waits for it: as long as it has failed, it is
 * left alone, between seconds and minutes. A receiver that asks for a pause gets it.
 *
 * @param failures attempts that failed since the last success, this one included
 * @param failingFor milliseconds since the first of them
 * @param disableAfter milliseconds of failing after which it is disabled
 */
export function setback(
  { status, retryAfter }: Pick<AttemptOutcome, 'status' | 'retryAfter'>,
  { failures, failingFor }: { readonly failures: number; readonly failingFor: number },
  disableAfter: number,
): Setback {
  const probing = failures >= FAILURES_BEFORE_PROBES;
  const pause = probing ? Math.min(Math.max(failingFor, SHORTEST_PAUSE), LONGEST_PAUSE) : 0;
  return {
    pause: Math.max(pause, pauseAskedFor({ retryAfter })),
    disables: status === 410 ? 'gone' : failingFor >= disableAfter ? 'failing' : null,
  };
}
