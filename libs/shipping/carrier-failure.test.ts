import { describe, expect, it } from 'vitest';

import { Failure, Outage, Refusal } from '#libs/domain/order/failure';

import { type CarrierCall, carrierFailure, type CarrierProblem } from './carrier-failure.js';

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
  ])('takes %j for what it is', (problem, kind, code) => {
    const failure = carrierFailure('create', problem);
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({ code });
  });

  it.each<[CarrierCall, string, boolean]>([
    ['create', 'address_refused', true],
    ['create', 'reference_cancelled', true],
    ['create', 'already_picked_up', false],
    ['cancel', 'already_picked_up', true],
    ['cancel', 'address_refused', false],
    ['find', 'lookup_refused', true],
    ['find', 'already_picked_up', false],
  ])('treats a "no" as a refusal where it answers the call: %s, %s: %s', (call, code, isRefusal) => {
    const failure = carrierFailure(call, { status: 422, code });
    expect(failure instanceof Refusal).toBe(isRefusal);
    expect(failure).toMatchObject(isRefusal ? { code } : { name: 'Error' });
  });

  it('reads how long to wait before the next call', () => {
    expect(carrierFailure('create', { status: 503, code: null, retryAfter: 3_000 })).toMatchObject({
      retryAfter: 3_000,
    });
  });

  it.each<[CarrierProblem]>([
    [{ status: 400, code: 'invalid_request' }],
    [{ status: 404, code: null }],
    [{ status: 418, code: null }],
    [{ status: 422, code: 'words the carrier made up' }],
    [{ status: null, cause: new TypeError('oops') }],
  ])('treats %j as unexpected, and quotes nothing', (problem) => {
    const failure = carrierFailure('create', problem);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(Failure);
    expect(String(failure)).not.toContain('words');
  });
});
