import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import type { Principal } from '#libs/persistence/requests/api-key.repository';

const callers = new WeakMap<Request, Principal>();

/** Stores the authenticated caller of a request. */
export function setCaller(request: Request, caller: Principal): void {
  callers.set(request, caller);
}

/** The request's id, as in the log. */
export const RequestId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { id } = context.switchToHttp().getRequest<Request>();
  return typeof id === 'string' ? id : '';
});

/** The authenticated caller, with the key that it used. */
export const CallerKey = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new Error('a route that reads its caller must require a scope');
  return caller;
});

/** The name of the service that makes the request. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new Error('a route that reads its caller must require a scope');
  return caller.service;
});
