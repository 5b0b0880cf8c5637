import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { IdempotencyKeyHeader } from '#libs/contracts/http/headers.api';

import { ProblemError } from '../problems/problem-error.js';

/** The key in a header, without its quotes. @throws ProblemError when it is malformed */
export function idempotencyKey(header: string): string {
  const { data } = IdempotencyKeyHeader.safeParse(header);
  if (data === undefined) throw new ProblemError('idempotency_key_malformed');
  return data;
}

const headerOf = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get('idempotency-key');

/** The key of an operation that requires one. @throws ProblemError when it is missing or malformed */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const header = headerOf(context);
  if (header === undefined) throw new ProblemError('idempotency_key_missing');
  return idempotencyKey(header);
});

/** The key of an operation where it is optional; null without. @throws ProblemError when it is malformed */
export const OptionalIdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | null => {
    const header = headerOf(context);
    return header === undefined ? null : idempotencyKey(header);
  },
);
