import { Outage, Refusal } from '#libs/order/failure';

/** How a call to the carrier came to nothing: by an answer that is an error, or by no answer. */
export type CarrierProblem =
  | { readonly status: number; readonly code: string | null }
  | { readonly status: null; readonly cause: unknown };

/** The carrier's codes that mean "no", whatever is tried again. */
const REFUSALS: ReadonlySet<string> = new Set([
  'address_refused',
  'reference_cancelled',
  'already_picked_up',
  'lookup_refused',
]);

/** Says what it means to us: a `Refusal`, an `Outage`, or, for anything else, an error that is a bug. */
export function carrierFailure(problem: CarrierProblem): Error {
  if (problem.status === null) return new Outage('carrier_unreachable', { cause: problem.cause });
  const { status, code } = problem;
  if (status === 429) return new Outage('carrier_rate_limited');
  if (status >= 500) return new Outage('carrier_error');
  if (code !== null && REFUSALS.has(code)) return new Refusal(code);
  return new Error(`The carrier answered ${status}, which its protocol does not have`);
}
