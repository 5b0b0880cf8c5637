import type { AttentionKind } from './attention.js';

/**
 * The ways a step can fail. A code is all that leaves the process: it goes into histories, logs and
 * `waitingFor`, where a provider's own message could quote an address or a card.
 *
 * Any other error is a bug, or an unexpected answer: the step is retried a few times, in case the error passes,
 * then parked.
 */
export abstract class Failure extends Error {
  constructor(
    readonly code: string,
    options?: { cause?: unknown },
  ) {
    super(code, options);
  }
}

/** A refusal that a retry does not change: out of stock, declined, address refused. Never retried. */
export class Refusal extends Failure {
  override readonly name = 'Refusal';
}

/** A "not now": time-out, refused connection, 429, 5xx. Retried within the order's policy, then parked. */
export class Outage extends Failure {
  override readonly name = 'Outage';
  /** Whether a fresh idempotency key is needed because the provider stored its failure under the old one. */
  readonly keyConsumed: boolean;
  /** The provider's `Retry-After`, in milliseconds. */
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
 * An answer with another amount, currency or order than the request. Nothing in it is
 * believed; the step is retried a few times, then parked under its code.
 */
export class Contradiction extends Failure {
  override readonly name = 'Contradiction';
}

/** A decision that only a person may take. The step is parked at once, under its own kind. */
export class AttentionRequired extends Failure {
  override readonly name = 'AttentionRequired';

  constructor(
    readonly kind: AttentionKind,
    code: string,
  ) {
    super(code);
  }
}
