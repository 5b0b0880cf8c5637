import type { Answer } from '../answer.js';

/** The carrier's errors, by code. */
const PROBLEMS = {
  invalid_request: { status: 400, message: 'The request does not fit the protocol' },
  unknown_reference: { status: 404, message: 'Nothing was created under this reference' },
  unknown_tracking_number: { status: 404, message: 'There is no parcel with this tracking number' },
  already_picked_up: { status: 409, message: 'The parcel has been picked up' },
  address_refused: { status: 422, message: 'We do not deliver to this address' },
  reference_cancelled: { status: 422, message: 'The reference was cancelled' },
  lookup_refused: { status: 422, message: 'This shipment may not be looked up' },
  rate_limited: { status: 429, message: 'Too many requests' },
  internal_error: { status: 500, message: 'Something went wrong' },
} as const;
export type CarrierProblemCode = keyof typeof PROBLEMS;

export class CarrierProblem extends Error {
  readonly answer: Answer;

  constructor(readonly code: CarrierProblemCode) {
    const { status, message } = PROBLEMS[code];
    super(message);
    this.answer = { status, body: { error: { code, message } } };
  }
}
