/**
 * Why a provider gave no usable answer, so that a later retry may help. An outage's code is the provider's name
 * with one of these.
 */
export type Trouble = 'unreachable' | 'timeout' | 'busy' | 'rate_limited' | 'error';

/** What the status of an HTTP answer means where the answer has no code of its own (RFC 9110, 15; RFC 8470, 5.2). */
const HTTP_STATUSES: readonly { readonly from: number; readonly to: number; readonly is: Trouble }[] = [
  // It has moved; an answer may not decide where to.
  { from: 300, to: 399, is: 'unreachable' },
  { from: 408, to: 408, is: 'timeout' },
  { from: 425, to: 425, is: 'busy' },
  { from: 429, to: 429, is: 'rate_limited' },
  { from: 500, to: 599, is: 'error' },
];

/** The same of SMTP's replies (RFC 5321, 4.2). */
const SMTP_REPLIES: typeof HTTP_STATUSES = [
  { from: 400, to: 499, is: 'busy' },
  // Commands in a wrong order: the session was out of step, not the mail, and a new one starts afresh.
  { from: 503, to: 503, is: 'busy' },
];

/** What an error of the network means, by its code or name: Node's, undici's, OpenSSL's and nodemailer's. */
const NETWORK_ERRORS: readonly { readonly named: RegExp; readonly is: Trouble }[] = [
  {
    named: /^(E(SOCKET)?TIMEDOUT|EABORT|TimeoutError|AbortError|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/,
    is: 'timeout',
  },
  // No connection, or one that broke.
  {
    named:
      /^(ECONN(ECTION|REFUSED|RESET|ABORTED)|EPIPE|ESOCKET|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL|UND_ERR_SOCKET)$/,
    is: 'unreachable',
  },
  // No address for the name.
  { named: /^(ENOTFOUND|EAI_\w+|EDNS)$/, is: 'unreachable' },
  // No TLS, or none with whom it should be (nodejs.org/api/tls.html, x509 certificate error codes).
  {
    named:
      /^(ETLS|EPROTO|ERR_(TLS|SSL)_\w+|CERT_\w+|CRL_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))$/,
    is: 'unreachable',
  },
  // An answer in another protocol, or one that is too long.
  {
    named:
      /^(EPROTOCOL|HPE_\w+|UND_ERR_(RES_CONTENT_LENGTH_MISMATCH|HEADERS_OVERFLOW)|ERR_ANSWER_TOO_LONG|Z_\w+|ERR__ERROR_FORMAT_\w+)$/,
    is: 'unreachable',
  },
];

const meaning = (table: typeof HTTP_STATUSES, number: number): Trouble | null =>
  table.find(({ from, to }) => from <= number && number <= to)?.is ?? null;

/** @returns null where the status alone is no reason to retry: it is unexpected, or the answer's code decides */
export const httpTrouble = (status: number): Trouble | null => meaning(HTTP_STATUSES, status);

/** @returns null where the reply is a "no" for good, or a "yes" */
export const smtpTrouble = (reply: number): Trouble | null => meaning(SMTP_REPLIES, reply);

/** @returns null for an error that is not the network's */
export function networkTrouble(error: unknown): Trouble | null {
  const chain = causesOf(error);
  for (const { code, name } of chain) {
    const known = NETWORK_ERRORS.find(({ named }) => named.test(String(code)) || named.test(String(name)));
    if (known) return known.is;
  }
  // What fetch does not name, such as a redirect it does not follow, it wraps.
  return chain.some(({ name, message }) => name === 'TypeError' && WRAPPED.includes(message))
    ? 'unreachable'
    : null;
}

const WRAPPED: readonly unknown[] = ['fetch failed', 'terminated'];

interface Facts {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
}

/** Errors within errors go by several names: `detail` and `exception` are those of Stripe's SDK. */
function causesOf(error: unknown, depth = 0): Facts[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const { cause, detail, exception, errors }: Record<string, unknown> = { ...fieldsOf(error) };
  const inner = [cause, detail, exception, ...(Array.isArray(errors) ? errors : [])];
  return [error, ...inner.flatMap((each: unknown) => causesOf(each, depth + 1))];
}

const fieldsOf = (error: object) => ({
  cause: 'cause' in error ? error.cause : undefined,
  detail: 'detail' in error ? error.detail : undefined,
  exception: 'exception' in error ? error.exception : undefined,
  errors: 'errors' in error ? error.errors : undefined,
});

/**
 * How long a provider asks to wait before a retry.
 *
 * @param value of the header `Retry-After`: seconds, or a date (RFC 9110, 10.2.3)
 * @returns milliseconds; undefined where there is no such header, or none that can be read
 */
export function retryAfterOf(value: string | null | undefined, now: number): number | undefined {
  if (value === null || value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const until = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(until) ? undefined : Math.max(until - now, 0);
}
