import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import type { Principal } from '#libs/persistence/requests/api-key.repository';

const callers = new WeakMap<Request, Principal>();

/** Remembers who makes a request. */
export function setCaller(request: Request, caller: Principal): void {
  callers.set(request, caller);
}

/** What the log knows the request by. */
export const RequestId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { id } = context.switchToHttp().getRequest<Request>();
  return typeof id === 'string' ? id : '';
});

/** The name of the service that makes the request. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new Error('a route that asks who is calling must take a scope');
  return caller.service;
});
