import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';

import { LONGEST_WAIT, PreferHeader } from '#libs/contracts/headers.api';

import { headerSchema } from './operation.decorator.js';

/** For how many seconds the caller would wait for the outcome; 0 for not at all. */
export const PreferredWait = createParamDecorator((_: unknown, context: ExecutionContext): number =>
  PreferHeader.parse(context.switchToHttp().getRequest<Request>().get('prefer') ?? ''),
);

/** On a route that may wait. */
export const MayWait = () =>
  ApiHeader({
    name: 'Prefer',
    required: false,
    description: `RFC 7240. With \`wait=N\` the answer comes as soon as the outcome is known, after N seconds at most, and at most ${LONGEST_WAIT}; other preferences are passed over`,
    schema: headerSchema(PreferHeader),
  });

/** The answer's header that says for how long the preference was followed. */
export const PREFERENCE_APPLIED = {
  'Preference-Applied': {
    description: 'For how many seconds the answer was waited for at most, where it was',
    schema: { type: 'string' },
  },
} as const;
