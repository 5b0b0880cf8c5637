import type { NextFunction, Request, Response } from 'express';

import { MAX_HEADERS } from '../server/http-server.js';
import { ProblemError } from '../problems/problem-error.js';

/** Refuses a request with too many headers (Node drops some), or without a host (RFC 9112, 3.2). */
export function checkHeaders(request: Request, _response: Response, next: NextFunction): void {
  if (request.rawHeaders.length / 2 > MAX_HEADERS) next(new ProblemError('headers_too_large'));
  else if (request.httpVersion !== '1.0' && request.headers.host === undefined)
    next(new ProblemError('malformed_request'));
  else next();
}
