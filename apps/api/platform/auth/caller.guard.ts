import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';

import type { Scope } from '#libs/persistence/requests/api-key.repository';

import { setCaller, setSession } from './caller.js';
import { KnownKeys } from './known-keys.js';
import { callerOf, Sessions } from './sessions.js';
import { Operation } from '../openapi/operation.decorator.js';
import { isProbe, OPERATIONS } from '../openapi/operations.js';
import { ProblemError } from '../problems/problem-error.js';
import { RateLimits } from '../server/rate-limits.js';

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** Admits a request of a service by its API key, or of a person by their session, within the rate limit of either. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: KnownKeys,
    private readonly sessions: Sessions,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = this.reflector.get(Operation.KEY, context.getHandler());
    if (operation === undefined) throw new Error('a route must declare its operation');
    const { access } = OPERATIONS[operation];
    const request = context.switchToHttp().getRequest<Request>();
    this.limits.markHandled(request);
    if (access === 'signed' || isProbe(operation)) return true;
    if (access === 'open') {
      await this.limits.takeForAddress(request.ip);
      return true;
    }
    // A key is sent on purpose, a cookie with every request: where both are there the key decides, even one that does not work.
    const header = request.get('authorization');
    if (header === undefined) await this.admitPerson(request, access);
    else await this.admitService(request, access, BEARER.exec(header)?.[1]);
    return true;
  }

  private async admitService(request: Request, access: Scope | 'session', key?: string): Promise<void> {
    const caller = key === undefined ? null : await this.keys.authenticate(key);
    if (!caller) {
      await this.limits.takeForAddress(request.ip);
      throw unauthenticated(key === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
    }
    await this.limits.takeForService(caller.service);
    if (access === 'session') throw unauthenticated('Bearer');
    if (!caller.scopes.includes(access)) throw insufficient('key', access);
    setCaller(request, caller);
  }

  private async admitPerson(request: Request, access: Scope | 'session'): Promise<void> {
    const session = await this.sessions.of(request);
    if (!session) {
      await this.limits.takeForAddress(request.ip);
      throw unauthenticated('Bearer');
    }
    const caller = callerOf(session);
    await this.limits.takeForService(caller.service);
    this.sessions.refuseOtherPages(request);
    if (access !== 'session' && !caller.scopes.includes(access)) throw insufficient('role', access);
    setCaller(request, caller);
    setSession(request, session);
  }
}

/** RFC 6750, section 3: the challenge names no error when the request has no key. */
const unauthenticated = (challenge: string) =>
  new ProblemError('unauthenticated', undefined, { headers: { 'WWW-Authenticate': challenge } });

const insufficient = (by: 'key' | 'role', scope: string) =>
  new ProblemError('insufficient_scope', `This takes a ${by} with scope ${scope}.`, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
