import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { stringify } from 'safe-stable-stringify';

import type { EarlierRequest, RequestKey } from '#libs/store/order.repository';
import { Store } from '#libs/store/store';

import { ProblemError } from '../http/problem-error.js';

/**
 * Names a request that must have its effect once.
 *
 * @param operation method and path, as the OpenAPI document has them
 * @param content all that makes it this request: another one may not come under the same key
 */
export const requestKey = (service: string, operation: string, key: string, content: object): RequestKey => ({
  principal: service,
  operation,
  key,
  requestHash: hashOf(content),
});

/** The same for every spelling of the same request: order of fields, white space, escapes. */
const hashOf = (content: object) => createHash('sha256').update(stringify(content)).digest('hex');

/** Does what a request asks for once for each key, and answers every repeat with what that made. */
@Injectable()
export class RequestOnce {
  constructor(private readonly store: Store) {}

  /**
   * @param perform does it, and stores the key with what it makes; null when the key was taken already
   * @param recall reads what the first request made
   * @throws ProblemError what `perform` throws; nothing is stored then, and the key is free
   * @throws ProblemError idempotency_key_reused when the key belongs to another request
   */
  async once<T>(
    request: RequestKey,
    perform: () => Promise<T | null>,
    recall: (earlier: EarlierRequest) => Promise<T>,
  ): Promise<T> {
    let made: T | null;
    try {
      made = await perform();
    } catch (error) {
      // What was done under the key stays done, whatever would be said to it today.
      const earlier = error instanceof ProblemError ? await this.find(request) : null;
      if (!earlier) throw error;
      return recall(earlier);
    }
    if (made !== null) return made;
    const earlier = await this.find(request);
    if (!earlier) throw new Error('a request key was taken, yet names nothing');
    return recall(earlier);
  }

  private async find(request: RequestKey): Promise<EarlierRequest | null> {
    const earlier = await this.store.orders.findRequest(request);
    // Of what is forgotten nobody can tell whether this is a repeat; a key that comes again says that it is.
    if (earlier && earlier.requestHash !== null && earlier.requestHash !== request.requestHash)
      throw new ProblemError('idempotency_key_reused');
    return earlier;
  }
}
