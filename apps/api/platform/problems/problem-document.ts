import { problemAddress, PROBLEMS } from '#libs/contracts/http/problems';
import type { Problem } from '#libs/contracts/http/problem.api';

import type { ProblemError } from './problem-error.js';

/** RFC 9457 problem details. @param instance the path of the request */
export function problemDocument(
  { code, detail, errors, orderId, reason, totals }: ProblemError,
  instance: string,
  requestId: string,
): Problem {
  const { status, title } = PROBLEMS[code];
  return {
    type: problemAddress(code),
    title,
    status,
    detail,
    instance,
    code,
    requestId,
    ...(errors ? { errors: [...errors] } : {}),
    ...(orderId ? { orderId } : {}),
    ...(reason ? { reason } : {}),
    ...(totals ? { totals } : {}),
  };
}
