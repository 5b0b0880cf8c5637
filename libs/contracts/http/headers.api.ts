import { z } from 'zod';

/** Characters of a key on the wire: all of them where it is bare, without `"` and `\` where it is quoted. */
const BARE = '[!#-~][!-~]{0,254}';
const QUOTED = String.raw`"(?:[!#-\[\]-~]|\\["\\]){1,255}"`;

/**
 * What makes sending a request twice have its effect once; bare, or a string of RFC 9651.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export const IdempotencyKeyHeader = z
  .string()
  .max(512)
  .regex(new RegExp(`^(?:${BARE}|${QUOTED})$`), 'must be 1 to 255 visible ASCII characters, bare or quoted')
  .transform((header) => (header.startsWith('"') ? header.slice(1, -1).replace(/\\(["\\])/g, '$1') : header));

/** Seconds that a request may wait for its outcome. */
export const LONGEST_WAIT = 30;

/** Characters of a header that is parsed; a longer header is ignored. */
const LONGEST_PREFERENCES = 1_000;

/**
 * For how many seconds the caller waits for the outcome before an answer without one; 0 for a header that
 * asks for no wait, or that cannot be parsed and is ignored. RFC 7240, sections 2 and 4.3.
 */
export const PreferHeader = z.string().transform((header) => {
  if (header.length > LONGEST_PREFERENCES) return 0;
  // A quote that is never closed runs to the end, so that no character is read twice.
  const preferences = header.match(/(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[^",])+/g) ?? [];
  // Of one that is named twice the first one counts.
  const wait = preferences.find((preference) => /^\s*wait\s*(?:[=;]|$)/i.test(preference)) ?? '';
  const [, , seconds = '0'] = /^\s*wait\s*=\s*("?)(\d+)\1\s*(?:;|$)/i.exec(wait) ?? [];
  return Math.min(Number(seconds), LONGEST_WAIT);
});
