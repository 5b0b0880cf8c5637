import { z } from 'zod';

import type { Answer } from '../answer.js';
import type { Collection } from '../collection.js';
import { StripeProblem } from './stripe-problem.js';

export const storedAnswerSchema = z.object({
  endpoint: z.string(),
  parameters: z.string(),
  status: z.int(),
  body: z.unknown(),
  headers: z.record(z.string(), z.string()),
  /** Epoch milliseconds. */
  storedAt: z.int(),
});
export type StoredAnswer = z.infer<typeof storedAnswerSchema>;

export interface KeyedCall {
  readonly key: string;
  /** The path: a key is valid for one. */
  readonly endpoint: string;
  /** Canonical, so that their order does not count. */
  readonly parameters: string;
}

/**
 * Stripe's idempotency keys (docs.stripe.com/api/idempotent_requests): the first answer is kept, 500s too,
 * and given again; other parameters, another endpoint, or a call that overtakes a running one are errors.
 */
export class IdempotencyKeys {
  readonly #running = new Map<string, KeyedCall>();

  constructor(
    private readonly answers: Collection<StoredAnswer>,
    /** How long an answer is kept, in milliseconds. */
    private readonly lifetime: number,
  ) {
    for (const key of answers.keys()) this.#stored(key);
  }

  /** Forgets every answer, as Stripe may after 24 hours. */
  expire(): void {
    this.answers.clear();
  }

  /**
   * The answer the key already has; undefined when the call is to run, and then it must `finish`.
   *
   * @throws StripeProblem when the key belongs to another call, or to one that is running
   */
  begin(call: KeyedCall): Answer | undefined {
    const running = this.#running.get(call.key);
    const stored = this.#stored(call.key);
    const first = running ?? stored;
    if (first) assertSame(first, call);
    if (running) {
      throw new StripeProblem(
        'idempotency_key_in_use',
        `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${call.key}. Please try again later.`,
      );
    }
    if (stored) {
      return {
        status: stored.status,
        body: stored.body,
        headers: { ...stored.headers, 'idempotent-replayed': 'true' },
      };
    }
    this.#running.set(call.key, call);
    return undefined;
  }

  keep(call: KeyedCall, answer: Answer): void {
    this.answers.set(call.key, {
      endpoint: call.endpoint,
      parameters: call.parameters,
      status: answer.status,
      body: answer.body,
      headers: { ...answer.headers },
      storedAt: Date.now(),
    });
  }

  finish(call: KeyedCall): void {
    this.#running.delete(call.key);
  }

  /** Drops expired keys. */
  #stored(key: string): StoredAnswer | undefined {
    const stored = this.answers.get(key);
    if (stored && Date.now() - stored.storedAt >= this.lifetime) {
      this.answers.delete(key);
      return undefined;
    }
    return stored;
  }
}

function assertSame(first: { endpoint: string; parameters: string }, call: KeyedCall): void {
  const advice = `Try using a key other than '${call.key}' if you meant to execute a different request.`;
  if (first.endpoint !== call.endpoint) {
    throw new StripeProblem(
      'idempotency_mismatch',
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${first.endpoint}' vs '${call.endpoint}'). ${advice}`,
    );
  }
  if (first.parameters !== call.parameters) {
    throw new StripeProblem(
      'idempotency_mismatch',
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ${advice}`,
    );
  }
}
