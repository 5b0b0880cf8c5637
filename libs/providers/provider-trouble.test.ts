import { describe, expect, it } from 'vitest';

import { httpTrouble, networkTrouble, retryAfterOf, smtpTrouble, type Trouble } from './provider-trouble.js';

const coded = (code: string) => Object.assign(new Error('secret words'), { code });
const wrapped = (cause: Error) => new TypeError('fetch failed', { cause });

describe('an HTTP status', () => {
  it.each<[Trouble | null, readonly number[]]>([
    ['unreachable', [300, 301, 302, 303, 304, 307, 308]],
    ['timeout', [408]],
    ['busy', [425]],
    ['rate_limited', [429]],
    ['error', [500, 501, 502, 503, 504, 507, 511, 520, 599]],
    [null, [200, 201, 204, 400, 401, 402, 403, 404, 409, 410, 418, 422, 423, 424, 426, 451, 499, 600]],
  ])('means %s: %j', (meaning, statuses) => {
    expect(statuses.map(httpTrouble)).toEqual(statuses.map(() => meaning));
  });
});

describe("a mail server's reply", () => {
  it.each<[Trouble | null, readonly number[]]>([
    ['busy', [421, 450, 451, 452, 454, 455, 499, 503]],
    [null, [250, 354, 500, 501, 502, 504, 530, 535, 550, 551, 552, 553, 554, 556]],
  ])('means %s: %j', (meaning, replies) => {
    expect(replies.map(smtpTrouble)).toEqual(replies.map(() => meaning));
  });
});

describe('an error of the network', () => {
  it.each<[Trouble, readonly string[]]>([
    ['timeout', ['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']],
    ['timeout', ['UND_ERR_BODY_TIMEOUT', 'EABORT']],
    ['unreachable', ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH']],
    ['unreachable', ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EDNS']],
    ['unreachable', ['UND_ERR_SOCKET', 'ESOCKET', 'ECONNECTION', 'EADDRNOTAVAIL']],
    ['unreachable', ['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO', 'ETLS']],
    ['unreachable', ['CERT_HAS_EXPIRED', 'CERT_REVOKED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'HOSTNAME_MISMATCH']],
    ['unreachable', ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'INVALID_CA']],
    ['unreachable', ['HPE_INVALID_CONSTANT', 'EPROTOCOL', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']],
    ['unreachable', ['ERR_ANSWER_TOO_LONG', 'Z_DATA_ERROR', 'Z_BUF_ERROR']],
  ])('means %s, bare, wrapped by fetch or by an SDK: %j', (meaning, codes) => {
    for (const code of codes) {
      expect(networkTrouble(coded(code)), code).toBe(meaning);
      expect(networkTrouble(wrapped(coded(code))), code).toBe(meaning);
      expect(networkTrouble({ detail: { exception: coded(code) } }), code).toBe(meaning);
      expect(networkTrouble(wrapped(new AggregateError([coded(code)]))), code).toBe(meaning);
    }
  });

  it('means a time-out where a call was given up', () => {
    expect(networkTrouble(new DOMException('too late', 'TimeoutError'))).toBe('timeout');
  });

  it('means that no server was reached where fetch gives no code, such as a redirect', () => {
    expect(networkTrouble(wrapped(new Error('unexpected redirect')))).toBe('unreachable');
    expect(networkTrouble(new TypeError('terminated'))).toBe('unreachable');
  });

  it.each<[string, unknown]>([
    ['a bug of ours', new TypeError("Cannot read properties of undefined (reading 'id')")],
    ['a header that cannot be sent', new TypeError('Cannot convert argument to a ByteString')],
    ['an address that is none', new TypeError('Failed to parse URL', { cause: coded('ERR_INVALID_URL') })],
    ['nothing', undefined],
    ['a word', 'ECONNREFUSED'],
  ])('is not %s', (_, error) => {
    expect(networkTrouble(error)).toBeNull();
  });

  it('is found at any depth, and in a cycle, too', () => {
    const circle: { cause?: unknown } = {};
    circle.cause = circle;
    expect(networkTrouble(circle)).toBeNull();
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);
  it.each<[string | null | undefined, number | undefined]>([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Thu, 01 Jan 2026 12:01:00 GMT', 60_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j is %j milliseconds', (value, expected) => {
    expect(retryAfterOf(value, now)).toBe(expected);
  });
});
