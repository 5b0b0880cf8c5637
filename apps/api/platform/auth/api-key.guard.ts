import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';

import { setCaller } from './caller.js';
import { KnownKeys } from './known-keys.js';
import { Operation } from '../openapi/operation.decorator.js';
import { isProbe, OPERATIONS } from '../openapi/operations.js';
import { ProblemError } from '../problems/problem-error.js';
import { RateLimits } from '../server/rate-limits.js';

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** Admits a request whose API key has the operation's scope, within the rate limit of its service. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: KnownKeys,
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

    const key = BEARER.exec(request.get('authorization') ?? '')?.[1];
    const caller = key === undefined ? null : await this.keys.authenticate(key);
    if (!caller) {
      await this.limits.takeForAddress(request.ip);
      throw unauthenticated(key === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
    }
    await this.limits.takeForService(caller.service);
    if (!caller.scopes.includes(access)) throw insufficient(access);
    setCaller(request, caller);
    return true;
  }
}

/** RFC 6750, section 3: the challenge names no error when the request has no key. */
const unauthenticated = (challenge: string) =>
  new ProblemError('unauthenticated', undefined, { headers: { 'WWW-Authenticate': challenge } });

const insufficient = (scope: string) =>
  new ProblemError('insufficient_scope', `This takes a key with scope ${scope}.`, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
