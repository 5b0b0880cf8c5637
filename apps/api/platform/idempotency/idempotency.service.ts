import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { stringify } from 'safe-stable-stringify';

import type { EarlierRequest } from '#libs/persistence/requests/idempotency-key.repository';
import { Store } from '#libs/persistence/store';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { ProblemError } from '../problems/problem-error.js';

/**
 * Names a request that must have its effect once.
 *
 * @param operation method and path
 * @param content all that makes it this request: another one may not come under the same key
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

/** The same for every spelling of the same request: order of fields, white space, escapes. */
const hashOf = (content: object) => createHash('sha256').update(stringify(content)).digest('hex');

/**
 * Does what a request asks for once for each key, and answers every repeat with what that made. The key is stored in
 * the statement that has the effect, so a process that dies leaves both or neither, and of two processes one is told
 * that the other was first.
 */
@Injectable()
export class IdempotencyService {
  /** What this process is at: the hash of the request, by its key. */
  private readonly inProgress = new Map<string, string>();

  constructor(private readonly store: Store) {}

  /**
   * @param request null for one without a key: it is performed as it is
   * @param perform does it, and stores the key with what it makes; null when the key was taken already
   * @param recall reads what the first request made
   * @throws ProblemError what `perform` throws; nothing is stored then, and the key is free
   * @throws ProblemError idempotency_key_in_use while the first request is in progress
   * @throws ProblemError idempotency_key_reused when the key belongs to another request
   */
  async once<T>(
    request: ScopedIdempotencyKey | null,
    perform: () => Promise<T | null>,
    recall: (earlier: EarlierRequest) => Promise<T>,
  ): Promise<T> {
    if (request === null) return made(await perform());
    const { principal, operation, key, requestHash } = request;
    const name = JSON.stringify([principal, operation, key]);
    const underWay = this.inProgress.get(name);
    if (underWay !== undefined) {
      // What is under way may be a repeat itself, of a request that had its effect long ago.
      const earlier = await this.find(request);
      if (earlier) return recall(earlier);
      throw new ProblemError(underWay === requestHash ? 'idempotency_key_in_use' : 'idempotency_key_reused');
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
      // What was done under the key stays done, whatever would be said to it today.
      const earlier = error instanceof ProblemError ? await this.find(request) : null;
      if (!earlier) throw error;
      return recall(earlier);
    }
    return first ?? recall(made(await this.find(request)));
  }

  private async find(request: ScopedIdempotencyKey): Promise<EarlierRequest | null> {
    const earlier = await this.store.idempotencyKeys.find(request);
    // Of what is forgotten nobody can tell whether this is a repeat; a key that comes again says that it is.
    if (earlier && earlier.requestHash !== null && earlier.requestHash !== request.requestHash)
      throw new ProblemError('idempotency_key_reused');
    return earlier;
  }
}

function made<T>(value: T | null): T {
  if (value === null) throw new Error('a request key was taken, yet names nothing');
  return value;
}
