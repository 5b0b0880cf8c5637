import { v7 as uuid } from 'uuid';

/** Visible ASCII only: an id goes back in a header, and into the log. */
const VALID = /^[!-~]{1,128}$/;

/** The X-Request-Id that the caller gave, or a new one if it gave none or none that can be used. */
export function requestId(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && VALID.test(given) ? given : uuid();
}
