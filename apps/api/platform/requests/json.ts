import type { z } from 'zod';

import { fieldErrors, type Issue } from '../problems/field-errors.js';
import { ProblemError } from '../problems/problem-error.js';

/** `fatal`: bytes that cannot be decoded are refused instead of replaced by U+FFFD. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @throws ProblemError malformed_body, unless it is JSON in UTF-8 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(body));
  } catch {
    throw new ProblemError('malformed_body');
  }
}

/**
 * @param place of the value in the request
 * @throws ProblemError invalid_request, with every error
 */
export function check<T>(schema: z.ZodType<T>, value: unknown, place: readonly string[] = []): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues: readonly Issue[] = result.error.issues.map((issue) => ({
    ...issue,
    path: [...place, ...issue.path],
  }));
  throw new ProblemError('invalid_request', undefined, { errors: fieldErrors(issues) });
}
