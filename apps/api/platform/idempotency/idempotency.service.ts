import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { stringify } from 'safe-stable-stringify';

import type { EarlierRequest } from '#libs/persistence/requests/idempotency-key.repository';
import { Store } from '#libs/persistence/store';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { ProblemError } from '../problems/problem-error.js';

/**
 * The idempotency key of a request, scoped by service and operation.
 *
 * @param operation method and path
 * @param content what is hashed: a request with other content must not reuse the key
 */
export const scopedIdempotencyKey = (
  service: string,
  operation: string,
  key: string,
  content: object,
): ScopedIdempotencyKey => ({
  principal: service,
  operation,
  key,
  requestHash: hashOf(content),
});

/** Equal for every spelling of the same request: order of fields, white space, escapes. */
const hashOf = (content: object) => createHash('sha256').update(stringify(content)).digest('hex');

/**
 * Runs a request once for each idempotency key, and answers every repeat with the first result. The key is stored in
 * the statement that has the effect, so that a crash leaves both or neither and one of two processes finds it taken.
 */
@Injectable()
export class IdempotencyService {
  /** Requests that this process runs now: their hashes by their keys. */
  private readonly inProgress = new Map<string, string>();

  constructor(private readonly store: Store) {}

  /**
   * @param request null for a request without a key
   * @param perform has the effect and stores the key with its result; null when the key was taken already
   * @param recall reads the result of the first request
   * @throws ProblemError what `perform` throws; nothing is stored, and the key stays unused
   * @throws ProblemError idempotency_key_in_use while the first request is in progress
   * @throws ProblemError idempotency_key_reused when the key belongs to another request
   */
  async once<T>(
    request: ScopedIdempotencyKey | null,
    perform: () => Promise<T | null>,
    recall: (earlier: EarlierRequest) => Promise<T>,
  ): Promise<T> {
    if (request === null) return required(await perform());
    const { principal, operation, key, requestHash } = request;
    const name = JSON.stringify([principal, operation, key]);
    const runningHash = this.inProgress.get(name);
    if (runningHash !== undefined) {
      // The request in progress may itself be a repeat of one that has had its effect.
      const earlier = await this.find(request);
      if (earlier) return recall(earlier);
      throw new ProblemError(
        runningHash === requestHash ? 'idempotency_key_in_use' : 'idempotency_key_reused',
      );
    }
    this.inProgress.set(name, requestHash);
    try {
      return await this.performOrRecall(request, perform, recall);
    } finally {
      this.inProgress.delete(name);
    }
  }

  private async performOrRecall<T>(
    request: ScopedIdempotencyKey,
    perform: () => Promise<T | null>,
    recall: (earlier: EarlierRequest) => Promise<T>,
  ): Promise<T> {
    let first: T | null;
    try {
      first = await perform();
    } catch (error) {
      // A repeat gets the first result, even if the same request would be refused today.
      const earlier = error instanceof ProblemError ? await this.find(request) : null;
      if (!earlier) throw error;
      return recall(earlier);
    }
    if (first !== null) return first;
    const earlier = await this.find(request);
    // Else the key was past its age and was removed meanwhile, so that the request is the first under it again.
    return earlier ? recall(earlier) : required(await perform());
  }

  private async find(request: ScopedIdempotencyKey): Promise<EarlierRequest | null> {
    const earlier = await this.store.idempotencyKeys.find(request);
    // An erased hash cannot be compared: the repeated key alone identifies the repeat.
    if (earlier && earlier.requestHash !== null && earlier.requestHash !== request.requestHash)
      throw new ProblemError('idempotency_key_reused');
    return earlier;
  }
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error('an idempotency key is taken but has no result');
  return value;
}
