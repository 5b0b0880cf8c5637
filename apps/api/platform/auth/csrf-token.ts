import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export const CSRF_HEADER = 'X-CSRF-Token';

/** The CSRF token of a session, derived from its cookie, so that it works with this session alone. */
export const csrfToken = (cookie: string): string =>
  createHmac('sha256', cookie).update('csrf-token').digest('base64url');

/** Whether a header carries the token of the session. */
export const isCsrfToken = (given: string | undefined, cookie: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(csrfToken(cookie)));

/** Of one length, whatever was sent. */
const digest = (text: string) => createHash('sha256').update(text).digest();
