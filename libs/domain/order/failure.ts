import type { AttentionKind } from './attention.js';

/**
 * The ways a step can fail. A code is all that leaves the process: it goes into histories, logs and
 * `waitingFor`, where a provider's own words could quote an address or a card.
 *
 * Anything that is none of these is a bug, or an answer that nobody thought of: it is tried again a few times, for the
 * case that it passes, then parked.
 */
export abstract class Failure extends Error {
  constructor(
    readonly code: string,
    options?: { cause?: unknown },
  ) {
    super(code, options);
  }
}

/** A "no" that asking again does not change: out of stock, declined, address refused. Never retried. */
export class Refusal extends Failure {
  override readonly name = 'Refusal';
}

/** A "not now": time-out, refused connection, 429, 5xx. Retried within the order's policy, then parked. */
export class Outage extends Failure {
  override readonly name = 'Outage';
  /** Whether a fresh idempotency key is needed because the provider stored its failure under the old one. */
  readonly keyConsumed: boolean;
  /** How long the provider asks to be left alone, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(
    code: string,
    options?: { cause?: unknown; keyConsumed?: boolean; retryAfter?: number | undefined },
  ) {
    super(code, options);
    this.keyConsumed = options?.keyConsumed ?? false;
    this.retryAfter = options?.retryAfter;
  }
}

/**
 * An answer that is about something else than what was asked: another amount, currency or order. Nothing of it is
 * believed; it is tried again a few times, then parked under its code.
 */
export class Contradiction extends Failure {
  override readonly name = 'Contradiction';
}

/** What only a person may decide. Parked at once, under a kind of its own. */
export class AttentionRequired extends Failure {
  override readonly name = 'AttentionRequired';

  constructor(
    readonly kind: AttentionKind,
    code: string,
  ) {
    super(code);
  }
}
