/**
 * The ways a step can fail. A code is all that leaves the process: it goes into histories, logs and
 * `waitingFor`, where a provider's own words could quote an address or a card.
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
  readonly keySpent: boolean;

  constructor(code: string, options?: { cause?: unknown; keySpent?: boolean }) {
    super(code, options);
    this.keySpent = options?.keySpent ?? false;
  }
}
