import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import type { Principal } from '#libs/store/api-key.repository';

const callers = new WeakMap<Request, Principal>();

/** Remembers who makes a request. */
export function setCaller(request: Request, caller: Principal): void {
  callers.set(request, caller);
}

/** The name of the service that makes the request. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new Error('a route that asks who is calling must take a scope');
  return caller.service;
});
