import { type ParsedUrlQuery, parse } from 'node:querystring';

/** An unpaired surrogate, which every schema refuses. */
const UNREADABLE = '\ud800';

/** Parses a query so that its schema refuses a value that cannot be decoded, such as `%ff`; Node would decode U+FFFD. */
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
