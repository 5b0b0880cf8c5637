import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';

import { PROBLEMS } from '#libs/contracts/http/problems';

import type { AllowedMethods } from '../server/allowed-methods.js';
import { problemDocument } from './problem-document.js';
import { ProblemError } from './problem-error.js';
import { problemOf } from './problem-of.js';
import type { RateLimits } from '../server/rate-limits.js';

/** Answers every error with RFC 9457 problem details, and logs server errors. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly methods: AllowedMethods,
    private readonly limits: RateLimits,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = await this.orRateLimited(this.orMethodNotAllowed(problemOf(error), request), request);
    const { status } = PROBLEMS[problem.code];
    // Logged with the request's line.
    if (status >= 500 && problem.cause instanceof Error) response.err = problem.cause;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body = problemDocument(problem, request.path, typeof request.id === 'string' ? request.id : '');
    response.status(status).set(problem.headers).type('application/problem+json').send(JSON.stringify(body));
  }

  /** Counts requests that were refused before any guard ran. */
  private async orRateLimited(problem: ProblemError, request: Request): Promise<ProblemError> {
    if (PROBLEMS[problem.code].status >= 500) return problem;
    return this.limits.takeOnce(request).then(() => problem, problemOf);
  }

  /** The router answers 404 for a known path with a wrong method. RFC 9110, 15.5.6. */
  private orMethodNotAllowed(problem: ProblemError, request: Request): ProblemError {
    if (problem.code !== 'not_found') return problem;
    const allowed = this.methods.of(request.path);
    if (allowed.length === 0 || allowed.includes(request.method)) return problem;
    return new ProblemError('method_not_allowed', `${request.path} takes ${allowed.join(', ')}.`, {
      headers: { Allow: allowed.join(', ') },
    });
  }
}
