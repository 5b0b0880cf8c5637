import { createHmac } from 'node:crypto';

import { stringify } from 'safe-stable-stringify';

import type { Person } from '#libs/persistence/orders/erasure.repository';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

/**
 * Names an erasure that must have its effect once, so that nobody can read from it whose it was: not by the path,
 * which has the customer's id in it, nor by a hash of that or of an address, which a guess would prove. So the
 * idempotency key goes into every hash, and is kept nowhere: who has the database and a guess still lacks the key,
 * which is as hard to guess as the caller has made it. A UUID is.
 */
export function erasureRequest(
  service: string,
  idempotencyKey: string,
  person: Person,
): ScopedIdempotencyKey {
  const hidden = (content: unknown) =>
    createHmac('sha256', idempotencyKey)
      .update(stringify(content) ?? '')
      .digest('base64url');
  const [operation, path] =
    'email' in person
      ? ['POST /customers/erasure', null]
      : ['POST /customers/{id}/erasure', person.customerId];
  // As everywhere, the same key at another path is another one.
  return { principal: service, operation, key: hidden({ path }), requestHash: hidden({ person }) };
}
