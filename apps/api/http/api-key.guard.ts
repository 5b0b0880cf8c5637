import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';

import { Store } from '#libs/store/store';

import { setCaller } from './caller.js';
import { Operation } from './operation.decorator.js';
import { OPERATIONS } from './operations.js';
import { ProblemError } from './problem-error.js';

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** Lets a request through to an operation that its API key has the scope for. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly store: Store,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = this.reflector.get(Operation.KEY, context.getHandler());
    if (operation === undefined) throw new Error('a route must declare its operation');
    const { access } = OPERATIONS[operation];
    if (access === 'open' || access === 'signed') return true;

    const request = context.switchToHttp().getRequest<Request>();
    const key = BEARER.exec(request.get('authorization') ?? '')?.[1];
    if (key === undefined) throw unauthenticated('Bearer');
    const caller = await this.store.apiKeys.authenticate(key);
    if (!caller) throw unauthenticated('Bearer error="invalid_token"');
    if (!caller.scopes.includes(access)) throw insufficient(access);
    setCaller(request, caller);
    return true;
  }
}

/** RFC 6750, section 3: a request without a key is told no error. */
const unauthenticated = (challenge: string) =>
  new ProblemError('unauthenticated', undefined, { headers: { 'WWW-Authenticate': challenge } });

const insufficient = (scope: string) =>
  new ProblemError('insufficient_scope', `This takes a key with scope ${scope}.`, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
