import { describe, expect, it } from 'vitest';

import { Failure, Outage, Refusal } from '#libs/domain/order/failure';

import { carrierFailure, type CarrierProblem } from './carrier-failure.js';

const coded = (code: string) => Object.assign(new Error('secret words'), { code });

describe('carrierFailure', () => {
  it.each<[CarrierProblem, typeof Refusal | typeof Outage, string]>([
    [{ status: null, cause: coded('ECONNRESET') }, Outage, 'carrier_unreachable'],
    [{ status: null, cause: new DOMException('', 'TimeoutError') }, Outage, 'carrier_timeout'],
    [{ status: 'unreadable' }, Outage, 'carrier_unreachable'],
    [{ status: 307, code: null }, Outage, 'carrier_unreachable'],
    [{ status: 408, code: null }, Outage, 'carrier_timeout'],
    [{ status: 425, code: null }, Outage, 'carrier_busy'],
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

  it('hears how long the carrier is to be left alone', () => {
    expect(carrierFailure({ status: 503, code: null, retryAfter: 3_000 })).toMatchObject({
      retryAfter: 3_000,
    });
  });

  it.each<[CarrierProblem]>([
    [{ status: 400, code: 'invalid_request' }],
    [{ status: 404, code: null }],
    [{ status: 418, code: null }],
    [{ status: 422, code: 'words the carrier made up' }],
    [{ status: null, cause: new TypeError('oops') }],
  ])('takes %j for what nobody thought of, and quotes nothing', (problem) => {
    const failure = carrierFailure(problem);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(Failure);
    expect(String(failure)).not.toContain('words');
  });
});
