/** What a browser says of where a request comes from. */
export interface Provenance {
  readonly method: string;
  /** The headers; undefined where they were not sent. */
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

const SAFE = ['GET', 'HEAD'];

/** Whether a request can change nothing. */
export const isSafe = (method: string): boolean => SAFE.includes(method);

/**
 * Whether a request with a cookie was made by a page of this origin, or, if it is safe, by the person in the address bar.
 * A page of another host of the same site is another origin, although it sends the cookie.
 */
export function isOfOrigin({ method, origin, fetchSite }: Provenance, expected: string): boolean {
  const sites = isSafe(method) ? ['same-origin', 'none'] : ['same-origin'];
  if (fetchSite !== undefined && !sites.includes(fetchSite)) return false;
  return origin === undefined ? isSafe(method) : origin === expected;
}
