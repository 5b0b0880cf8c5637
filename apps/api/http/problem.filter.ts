import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';

import { PROBLEMS } from '#libs/contracts/problems';

import type { AllowedMethods } from './allowed-methods.js';
import { problemDocument } from './problem-document.js';
import { ProblemError } from './problem-error.js';
import { problemOf } from './problem-of.js';

/** Answers every error as RFC 9457 problem details; those that are not the client's go to the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly methods: AllowedMethods) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = this.orMethodNotAllowed(problemOf(error), request);
    const { status } = PROBLEMS[problem.code];
    // The request's line in the log tells it.
    if (status >= 500 && problem.cause instanceof Error) response.err = problem.cause;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body = problemDocument(problem, request.path, typeof request.id === 'string' ? request.id : '');
    response.status(status).set(problem.headers).type('application/problem+json').send(JSON.stringify(body));
  }

  /** The router says "not found" of a known address with a wrong method. RFC 9110, 15.5.6. */
  private orMethodNotAllowed(problem: ProblemError, request: Request): ProblemError {
    if (problem.code !== 'not_found') return problem;
    const allowed = this.methods.of(request.path);
    if (allowed.length === 0 || allowed.includes(request.method)) return problem;
    return new ProblemError('method_not_allowed', `${request.path} takes ${allowed.join(', ')}.`, {
      headers: { Allow: allowed.join(', ') },
    });
  }
}
