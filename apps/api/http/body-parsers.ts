import { isUtf8 } from 'node:buffer';

import type { RawBodyRequest } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from './problem-error.js';

const LIMIT = '64kb';
const isWebhook = (request: { url?: string }) => request.url?.startsWith('/webhooks/') ?? false;

/** Webhooks are kept as the bytes that were signed; every other body must be JSON in UTF-8. */
export function useBodyParsers(app: NestExpressApplication): void {
  app.useBodyParser('raw', { type: isWebhook, limit: LIMIT });
  app.useBodyParser('json', { limit: LIMIT, strict: false });
  app.use(refuseOtherBodies);
}

/** The parsers pass over types they do not know, and put U+FFFD in the place of bytes they cannot decode. */
function refuseOtherBodies(request: RawBodyRequest<Request>, _response: Response, next: NextFunction): void {
  if (isWebhook(request)) next();
  else if (request.is('application/json') === false) next(new ProblemError('unsupported_media_type'));
  else if (request.rawBody && !isUtf8(request.rawBody)) next(new ProblemError('malformed_body'));
  else next();
}
