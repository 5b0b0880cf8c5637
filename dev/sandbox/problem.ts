import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';

import type { Answer } from './answer.js';

/** An error of the sandbox's own endpoints, as RFC 9457 has it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly faults: readonly { pointer: string; detail: string }[] = [],
  ) {
    super(title);
  }

  get answer(): Answer {
    return {
      status: this.status,
      headers: { 'content-type': 'application/problem+json' },
      body: { type: 'about:blank', title: this.title, status: this.status, errors: this.faults },
    };
  }
}

/** @throws Problem 400 with every fault, by JSON pointer */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    detail: message,
  }));
  throw new Problem(400, 'The request does not fit', faults);
}

const httpErrorSchema = z.object({ status: z.int().min(400).max(499), message: z.string() });

/** What was thrown on the way, as a problem: ours, or the body parser's. Anything else is passed on. */
export const answerProblem: ErrorRequestHandler = (error, _request, response, next) => {
  const refused = httpErrorSchema.safeParse(error);
  const problem =
    error instanceof Problem
      ? error
      : refused.success
        ? new Problem(refused.data.status, refused.data.message)
        : undefined;
  if (!problem) return next(error);
  const { status, headers, body } = problem.answer;
  response.status(status).set(headers).json(body);
};
