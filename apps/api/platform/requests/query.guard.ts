import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';

import { fieldErrors } from '../problems/field-errors.js';
import { Operation } from '../openapi/operation.decorator.js';
import { takesNoQuery } from '../openapi/operations.js';
import { ProblemError } from '../problems/problem-error.js';

/** Refuses the query parameters of an operation that takes none, as unknown fields. */
@Injectable()
export class QueryGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const operation = this.reflector.get(Operation.KEY, context.getHandler());
    const keys = Object.keys(context.switchToHttp().getRequest<Request>().query);
    if (keys.length === 0 || !takesNoQuery(operation)) return true;
    throw new ProblemError('invalid_request', undefined, { errors: fieldErrors([{ message: '', keys }]) });
  }
}
