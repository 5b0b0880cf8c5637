import { HttpException } from '@nestjs/common';

import type { ProblemCode } from '#libs/contracts/http/problems';
import { isContended, isUnreachable } from '#libs/persistence/database/database-failure';

import { ProblemError } from './problem-error.js';

/** What the framework, the body parser and the file server refuse, by status; Nest makes HttpExceptions of it. */
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
  if (isUnreachable(error)) return new ProblemError('unavailable', undefined, {}, { cause: error });
  if (isContended(error)) return new ProblemError('busy', undefined, {}, { cause: error });
  // An address that cannot be decoded, such as /orders/%ff, is an address of nothing.
  if (error instanceof HttpException && error.cause instanceof URIError) return new ProblemError('not_found');
  const status = error instanceof HttpException ? error.getStatus() : 500;
  const code = BY_STATUS[status] ?? (status < 500 ? 'invalid_request' : 'internal_error');
  return new ProblemError(code, undefined, {}, { cause: error });
}
