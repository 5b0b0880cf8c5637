import { createHmac } from 'node:crypto';

import { stringify } from 'safe-stable-stringify';

import type { Person } from '#libs/persistence/orders/erasure.repository';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

/**
 * The idempotency key of an erasure, stored without a trace of the person: every stored hash is keyed with the
 * idempotency key, which itself is not stored, so that no guess of an id or address can be verified.
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
  // As everywhere, the same key with another path is a different key.
  return { principal: service, operation, key: hidden({ path }), requestHash: hidden({ person }) };
}
