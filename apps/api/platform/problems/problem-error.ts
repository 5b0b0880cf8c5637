import { type ProblemCode, PROBLEMS } from '#libs/contracts/http/problems';
import type { FieldError, Problem } from '#libs/contracts/http/problem.api';

/** Headers by problem. Retry-After is in seconds. */
const HEADERS: Partial<Record<ProblemCode, Readonly<Record<string, string>>>> = {
  idempotency_key_in_use: { 'Retry-After': '1' },
  busy: { 'Retry-After': '2' },
  too_many_streams: { 'Retry-After': '10' },
  unavailable: { 'Retry-After': '5' },
  identity_provider_unavailable: { 'Retry-After': '5' },
  gateway_unavailable: { 'Retry-After': '5' },
};

type Extra = Partial<Pick<Problem, 'errors' | 'orderId' | 'reason' | 'totals'>> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** An error that becomes a response: one of the catalogue's problems, with its details. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly errors?: readonly FieldError[];
  readonly orderId?: string;
  readonly reason?: string;
  readonly totals?: Problem['totals'];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string = PROBLEMS[code].meaning,
    { errors, orderId, reason, totals, headers = {} }: Extra = {},
    options?: { cause: unknown },
  ) {
    super(code, options);
    this.errors = errors;
    this.orderId = orderId;
    this.reason = reason;
    this.totals = totals;
    this.headers = { ...HEADERS[code], ...headers };
  }
}
