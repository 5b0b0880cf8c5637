import { type ParsedUrlQuery, parse } from 'node:querystring';

/** Half a character: no text may have it, and it is the value of nothing. */
const UNREADABLE = '\ud800';

/**
 * Reads a query so that what cannot be decoded, such as `%ff`, is refused at its place by whatever schema it meets.
 * Node by itself puts U+FFFD there, and would look for that.
 */
export function parseQuery(query: string | null): ParsedUrlQuery {
  return parse(query ?? '', '&', '=', { decodeURIComponent: decoded });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return UNREADABLE;
  }
}
