import {
  BadRequestException,
  HttpException,
  NotFoundException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';

import { ProblemError } from './problem-error.js';
import { problemOf } from './problem-of.js';

const driverError = (cause: object) =>
  Object.assign(new Error('secret'), { meta: { driverAdapterError: { cause } } });

describe('the problem that an error is answered with', () => {
  it.each([
    [new ProblemError('price_changed'), 'price_changed'],
    [new NotFoundException(), 'not_found'],
    [new BadRequestException('Unexpected token'), 'malformed_body'],
    [new BadRequestException('', { cause: new URIError('malformed') }), 'not_found'],
    [new PayloadTooLargeException(), 'body_too_large'],
    [new UnsupportedMediaTypeException(), 'unsupported_media_type'],
    [new HttpException('Range Not Satisfiable', 416), 'invalid_request'],
    [driverError({ kind: 'DatabaseNotReachable' }), 'unavailable'],
    [driverError({ kind: 'postgres', originalCode: '57P03' }), 'unavailable'],
    [new Error('timeout exceeded when trying to connect'), 'unavailable'],
    [driverError({ kind: 'postgres', originalCode: '55P03' }), 'busy'],
    [driverError({ kind: 'UniqueConstraintViolation' }), 'internal_error'],
    [new TypeError('secret'), 'internal_error'],
    ['thrown text', 'internal_error'],
    [undefined, 'internal_error'],
  ])('%s is %s', (error, code) => {
    expect(problemOf(error).code).toBe(code);
  });

  it('shows nothing of an error of ours, and keeps it for the log', () => {
    const error = new TypeError('secret');
    const problem = problemOf(error);
    expect(problem.detail).not.toContain('secret');
    expect(problem.cause).toBe(error);
  });

  it('says when to retry, if the database is unreachable or another change conflicts', () => {
    expect(new ProblemError('unavailable').headers).toEqual({ 'Retry-After': '5' });
    expect(new ProblemError('busy').headers).toEqual({ 'Retry-After': '2' });
  });
});
