import { describe, expect, it } from 'vitest';

import { Failure, Outage, Refusal } from '#libs/order/failure';

import { carrierFailure, type CarrierProblem } from './carrier-failure.js';

describe('carrierFailure', () => {
  it.each<[CarrierProblem, typeof Refusal | typeof Outage, string]>([
    [{ status: null, cause: new TypeError('fetch failed') }, Outage, 'carrier_unreachable'],
    [{ status: 429, code: 'rate_limited' }, Outage, 'carrier_rate_limited'],
    [{ status: 500, code: 'internal_error' }, Outage, 'carrier_error'],
    [{ status: 502, code: null }, Outage, 'carrier_error'],
    [{ status: 422, code: 'address_refused' }, Refusal, 'address_refused'],
    [{ status: 422, code: 'reference_cancelled' }, Refusal, 'reference_cancelled'],
    [{ status: 409, code: 'already_picked_up' }, Refusal, 'already_picked_up'],
  ])('takes %j for what it is', (problem, kind, code) => {
    const failure = carrierFailure(problem);
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({ code });
  });

  it.each<[CarrierProblem]>([
    [{ status: 400, code: 'invalid_request' }],
    [{ status: 404, code: null }],
    [{ status: 422, code: 'words the carrier made up' }],
  ])('takes %j for a bug, and quotes nothing', (problem) => {
    const failure = carrierFailure(problem);
    expect(failure).not.toBeInstanceOf(Failure);
    expect(failure.message).not.toContain('words');
  });
});
