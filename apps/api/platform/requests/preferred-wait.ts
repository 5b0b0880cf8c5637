import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';

import { PreferHeader } from '#libs/contracts/http/headers.api';

import { abortOnDisconnect } from '../server/abort-on-disconnect.js';

/** For how long a caller would wait for the outcome. */
export interface Patience {
  /** 0 for not at all. */
  readonly seconds: number;
  /** Aborted once nobody is there any more to hear the answer. */
  readonly gone: AbortSignal;
}

/** For how long the caller would wait for the outcome, as `Prefer` says. */
export const PreferredWait = createParamDecorator((_: unknown, context: ExecutionContext): Patience => {
  const http = context.switchToHttp();
  return {
    seconds: PreferHeader.parse(http.getRequest<Request>().get('prefer') ?? ''),
    gone: abortOnDisconnect(http.getResponse<Response>()),
  };
});

/** The answer's header that says for how long the preference was followed. */
export const PREFERENCE_APPLIED = {
  'Preference-Applied': {
    description: 'For how many seconds the answer was waited for at most, where it was',
    schema: { type: 'string' },
  },
} as const;
