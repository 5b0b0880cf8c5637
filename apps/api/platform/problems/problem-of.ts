import { HttpException } from '@nestjs/common';

import type { ProblemCode } from '#libs/contracts/http/problems';
import { isContended, isUnreachable } from '#libs/persistence/database/database-failure';

import { ProblemError } from './problem-error.js';

/** The problems of HttpExceptions, as Nest, the body parser and the file server throw them, by status. */
const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed_body',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** The problem of any error. An unknown one is an internal error without details. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isUnreachable(error)) return new ProblemError('unavailable', undefined, {}, { cause: error });
  if (isContended(error)) return new ProblemError('busy', undefined, {}, { cause: error });
  // A path that cannot be decoded, such as /orders/%ff, is the path of no resource.
  if (error instanceof HttpException && error.cause instanceof URIError) return new ProblemError('not_found');
  const status = error instanceof HttpException ? error.getStatus() : 500;
  const code = BY_STATUS[status] ?? (status < 500 ? 'invalid_request' : 'internal_error');
  return new ProblemError(code, undefined, {}, { cause: error });
}
