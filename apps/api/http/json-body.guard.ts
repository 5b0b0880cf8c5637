import { isUtf8 } from 'node:buffer';

import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type RawBodyRequest,
  UseGuards,
} from '@nestjs/common';
import type { Request } from 'express';

import { ProblemError } from './problem-error.js';

/** JSON is UTF-8 (RFC 8259, section 8.1), whatever else `charset` says: the parser would take UTF-16, too. */
const JSON_TYPE = /^\s*application\/json\s*(?:;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))/i;

export const isJson = (contentType = '') => JSON_TYPE.test(contentType) && !OTHER_CHARSET.test(contentType);

/**
 * Refuses a body that is not JSON in UTF-8: the parser passes over types it does not know, and puts U+FFFD in
 * the place of bytes it cannot decode.
 */
@Injectable()
class JsonBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RawBodyRequest<Request>>();
    const empty = request.get('content-length') === '0';
    // Null where there is no body at all.
    const hasBody = !empty && request.is('*/*') !== null;
    if (hasBody && !isJson(request.get('content-type'))) throw new ProblemError('unsupported_media_type');
    if (request.rawBody && !isUtf8(request.rawBody)) throw new ProblemError('malformed_body');
    return true;
  }
}

/** On every route that takes a body. */
export const TakesJson = () => UseGuards(JsonBodyGuard);
