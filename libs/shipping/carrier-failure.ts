import { Outage, Refusal } from '#libs/domain/order/failure';
import { httpTrouble, networkTrouble } from '#libs/providers/provider-trouble';

/** How a call to the carrier failed: by an answer that is an error, or by no answer. */
export type CarrierProblem =
  | {
      readonly status: number;
      /** The carrier's own; null for an answer in another form. */
      readonly code: string | null;
      /** Its `Retry-After`, in milliseconds. */
      readonly retryAfter?: number | undefined;
    }
  /** Bytes that are no JSON, such as an answer that broke off. */
  | { readonly status: 'unreadable' }
  | { readonly status: null; readonly cause: unknown };

export type CarrierCall = 'create' | 'find' | 'cancel';

/**
 * The carrier's codes that refuse a call for good, by the call. The code of another call means nothing:
 * a label whose cancellation is refused with one may still be valid.
 */
const REFUSAL_CODES: Readonly<Record<CarrierCall, readonly string[]>> = {
  create: ['address_refused', 'reference_cancelled'],
  find: ['lookup_refused'],
  cancel: ['already_picked_up'],
};

/** Maps a problem to our errors: a `Refusal`, an `Outage`, or, for anything else, an unexpected error. */
export function carrierFailure(call: CarrierCall, problem: CarrierProblem): unknown {
  if (problem.status === null) {
    const { cause } = problem;
    const trouble = networkTrouble(cause);
    return trouble === null ? cause : new Outage(`carrier_${trouble}`, { cause });
  }
  if (problem.status === 'unreadable') return new Outage('carrier_unreachable');
  const { status, code, retryAfter } = problem;
  const trouble = httpTrouble(status);
  if (trouble !== null) return new Outage(`carrier_${trouble}`, { retryAfter });
  if (code !== null && REFUSAL_CODES[call].includes(code)) return new Refusal(code);
  return new Error(`The carrier answered ${status}, which its protocol does not have`);
}
