/** Where a delivery is: it waits for an attempt, or came to its end. */
export const DELIVERY_STATES = ['waiting', 'succeeded', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Why an attempt did not deliver. */
export const WEBHOOK_FAILURES = {
  status: 'The receiver answered with another status than 2xx',
  redirect: 'The receiver answered with a redirect, which is not followed',
  timeout: 'The receiver did not answer in time',
  connection: 'No connection, or it broke off',
  name: 'The name of the host has no address',
  tls: 'The certificate of the receiver is not valid',
  address: 'The host has an address that nothing is sent to',
  event_gone: 'The event is older than what is kept',
  secret: 'No key in WEBHOOK_SECRET_KEY opens the secret of the endpoint',
} as const;
export type WebhookFailure = keyof typeof WEBHOOK_FAILURES;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds before each attempt, since the one before: docs.svix.com/retries. */
const SCHEDULE = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR] as const;

/** By how much an attempt may be earlier or later, so that what failed together is not repeated together. */
const JITTER = 0.1;
/** What a receiver may ask for with `Retry-After`, at most. */
const LONGEST_WISH = HOUR;

/** The pause that a receiver asks for, as far as it is respected. Milliseconds. */
export const pauseAskedFor = ({ retryAfter }: Pick<AttemptOutcome, 'retryAfter'>): number =>
  Math.min(retryAfter ?? 0, LONGEST_WISH);

export const ATTEMPTS = SCHEDULE.length;

/** The outcome of an attempt. */
export interface AttemptOutcome {
  /** Null where it was delivered. */
  readonly failure: WebhookFailure | null;
  /** Of HTTP; null where there was no answer. */
  readonly status: number | null;
  /** Milliseconds that the receiver asks to be left alone for. */
  readonly retryAfter: number | null;
}

/**
 * How long after a failed attempt the next one is due.
 *
 * @param tries how many were made, that one included @param random 0 to 1
 * @returns milliseconds, or null where no attempt follows
 */
export function pauseBeforeNext(
  tries: number,
  { failure, retryAfter }: Pick<AttemptOutcome, 'failure' | 'retryAfter'>,
  random: number,
): number | null {
  const pause = SCHEDULE[tries];
  if (pause === undefined || failure === 'event_gone') return null;
  const spread = pause * (1 + JITTER * (2 * random - 1));
  return Math.round(Math.max(spread, pauseAskedFor({ retryAfter })));
}
