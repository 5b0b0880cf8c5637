import { HttpException } from '@nestjs/common';

import type { ProblemCode } from '#libs/contracts/problems';
import { isUnreachable } from '#libs/store/database-failure';

import { ProblemError } from './problem-error.js';

/** Seconds. */
const RETRY_AFTER = '5';

/** What the framework and the body parser refuse, by status. */
const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed_body',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** The answer to any error. Whatever is not known is ours, and nothing of it is shown. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isUnreachable(error)) {
    return new ProblemError(
      'unavailable',
      undefined,
      { headers: { 'Retry-After': RETRY_AFTER } },
      { cause: error },
    );
  }
  // An address that cannot be decoded, such as /orders/%ff, is an address of nothing.
  if (error instanceof URIError) return new ProblemError('not_found');
  const code = BY_STATUS[statusOf(error)];
  return new ProblemError(code ?? 'internal_error', undefined, {}, { cause: error });
}

/** Nest's exceptions and those of body-parser (http-errors) carry the status they mean. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error)) return 500;
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : 500;
}
