import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { LastEventIdHeader } from '#libs/contracts/http/event.api';

import { check } from '../platform/requests/json.js';

/** The place that a reader's stream broke off at; undefined without. @throws ProblemError invalid_request */
export const LastEventId = createParamDecorator(
  (_: unknown, context: ExecutionContext): number | undefined => {
    const header = context.switchToHttp().getRequest<Request>().get('last-event-id');
    return header === undefined ? undefined : check(LastEventIdHeader, header, ['Last-Event-ID']);
  },
);
