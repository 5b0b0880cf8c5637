import type { CookieOptions, Request } from 'express';

/** A session's cookie as it is made: 32 bytes in base64url. */
const TOKEN = /^[\w-]{43}$/;

/** A cookie of the console. Over https:// its name has a prefix that no page of another host can set (RFC 6265bis, 4.1.3). */
export interface ConsoleCookie {
  readonly name: string;
  readonly options: CookieOptions;
}

/** @param sameSite `lax` for what must come with a redirect from another site */
export function consoleCookie(origin: string, name: string, sameSite: 'strict' | 'lax'): ConsoleCookie {
  const secure = origin.startsWith('https:');
  return {
    name: secure ? `__Host-${name}` : name,
    options: { httpOnly: true, secure, sameSite, path: '/' },
  };
}

/** The cookie of a session. */
export const sessionCookie = (origin: string) => consoleCookie(origin, 'order-console', 'strict');

/** The value of a cookie, where it looks like one of ours; undefined also where the browser sends two of that name. */
export function cookieOf(request: Pick<Request, 'headers'>, { name }: ConsoleCookie): string | undefined {
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value, ...others] = values;
  return value !== undefined && others.length === 0 && TOKEN.test(value) ? value : undefined;
}
