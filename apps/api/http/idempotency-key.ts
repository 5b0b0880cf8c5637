import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { ProblemError } from './problem-error.js';

const BARE = /^[!#-~][!-~]*$/;
const QUOTED = /^"((?:[!#-[\]-~]|\\["\\])+)"$/;

/**
 * The key a request carries, without its quotes.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 *
 * @throws ProblemError when it is missing or malformed
 */
export function idempotencyKey(header: string | undefined): string {
  if (header === undefined) throw new ProblemError('idempotency_key_missing');
  const quoted = QUOTED.exec(header)?.[1]?.replace(/\\(["\\])/g, '$1');
  const key = quoted ?? (BARE.test(header) ? header : '');
  if (key.length < 1 || key.length > 255) throw new ProblemError('idempotency_key_malformed');
  return key;
}

export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  idempotencyKey(context.switchToHttp().getRequest<Request>().get('idempotency-key')),
);
