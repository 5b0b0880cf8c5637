import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import type { Principal } from '#libs/persistence/requests/api-key.repository';

import type { Session } from './sessions.js';

const callers = new WeakMap<Request, Principal>();
const sessions = new WeakMap<Request, Session>();

/** Stores the authenticated caller of a request. */
export function setCaller(request: Request, caller: Principal): void {
  callers.set(request, caller);
}

/** Stores the session of a request that a person makes. */
export function setSession(request: Request, session: Session): void {
  sessions.set(request, session);
}

/** The session of the request. */
export const CallerSession = createParamDecorator((_: unknown, context: ExecutionContext): Session => {
  const session = sessions.get(context.switchToHttp().getRequest<Request>());
  if (!session) throw new Error('a route that reads its session must require one');
  return session;
});

/** The request's id, as in the log. */
export const RequestId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { id } = context.switchToHttp().getRequest<Request>();
  return typeof id === 'string' ? id : '';
});

/** The authenticated caller, with the key or session that it used. */
export const CallerCredential = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  callerIn(context),
);

/** Who makes the request: the name of a service, or `person:<id>`. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => callerIn(context).service,
);

function callerIn(context: ExecutionContext): Principal {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new Error('a route that reads its caller must require a scope');
  return caller;
}
