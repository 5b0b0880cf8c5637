import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';

import { parseJson } from './json.js';
import { ProblemError } from '../problems/problem-error.js';
import { BODY_LIMIT, bodyReader } from './request-body.js';

/** JSON is UTF-8 (RFC 8259, section 8.1), whatever `charset` is given. */
const JSON_TYPE = /^\s*application\/json\s*(?:;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))/i;

const isJson = (contentType = '') => JSON_TYPE.test(contentType) && !OTHER_CHARSET.test(contentType);

const read = bodyReader(BODY_LIMIT);

/** Reads the body of an authenticated request, and refuses one that is not JSON in UTF-8. */
@Injectable()
class JsonBodyGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const body = await read(request, http.getResponse<Response>());
    if (body.length > 0 && !isJson(request.get('content-type')))
      throw new ProblemError('unsupported_media_type');
    // Without a body, validation reports every field as missing.
    request.body = body.length > 0 ? parseJson(body) : {};
    return true;
  }
}

/** On every route that takes a body. */
export const TakesJson = () => UseGuards(JsonBodyGuard);
