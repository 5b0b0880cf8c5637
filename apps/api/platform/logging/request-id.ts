import { v7 as uuid } from 'uuid';

/**
 * Visible ASCII only: an id is returned in a header and logged. Without `@`: an email address must not get into
 * the log.
 */
const VALID = /^[!-?A-~]{1,128}$/;

/** The caller's X-Request-Id, or a new id if it is missing or invalid. */
export function requestId(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && VALID.test(given) ? given : uuid();
}
