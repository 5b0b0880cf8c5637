import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';

import { PreferHeader } from '#libs/contracts/http/headers.api';

import { abortOnDisconnect } from '../server/abort-on-disconnect.js';

/** How long the caller waits for the outcome. */
export interface WaitPreference {
  /** 0 for no waiting. */
  readonly seconds: number;
  /** Aborted when the client disconnects. */
  readonly disconnected: AbortSignal;
}

/** Reads the wait preference from the `Prefer` header. */
export const PreferredWait = createParamDecorator((_: unknown, context: ExecutionContext): WaitPreference => {
  const http = context.switchToHttp();
  return {
    seconds: PreferHeader.parse(http.getRequest<Request>().get('prefer') ?? ''),
    disconnected: abortOnDisconnect(http.getResponse<Response>()),
  };
});

/** The response header that confirms the preference. */
export const PREFERENCE_APPLIED = {
  'Preference-Applied': {
    description: 'The longest wait in seconds, where the preference was applied',
    schema: { type: 'string' },
  },
} as const;
