import { z } from 'zod';

const problem = z.object({ code: z.string() });

/** The status of a refusal, and its code. */
export const refusal = async (response: Response): Promise<[status: number, code: string]> => [
  response.status,
  problem.parse(await response.json()).code,
];

/** A cookie as a server set it. */
export interface SetCookie {
  readonly value: string;
  /** In lower case, without the value. */
  readonly attributes: readonly string[];
}

/** What a browser does with cookies and redirects, without pages. Cookies are kept by origin. */
export class Browser {
  private readonly jars = new Map<string, Map<string, SetCookie>>();

  /** One request, whose redirect is not followed. */
  async request(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.jarOf(origin);
    const headers = new Headers(init.headers);
    const cookies = [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    if (cookies !== '' && !headers.has('cookie')) headers.set('Cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  }

  /** Follows redirects from a page, until the next address is one that a test wants to look at. */
  async visit(url: string, isThere: (address: URL) => boolean = () => false): Promise<URL> {
    let address = new URL(url);
    for (let hops = 0; hops < 20; hops += 1) {
      if (isThere(address)) return address;
      const response = await this.request(address);
      const location = response.headers.get('location');
      if (location === null) return address;
      address = new URL(location, address);
    }
    throw new Error(`${url} leads nowhere`);
  }

  cookie(origin: string, name: string): SetCookie | undefined {
    return this.jarOf(origin).get(name);
  }

  setCookie(origin: string, name: string, value: string): void {
    this.jarOf(origin).set(name, { value, attributes: [] });
  }

  forget(origin: string): void {
    this.jars.delete(origin);
  }

  private jarOf(origin: string): Map<string, SetCookie> {
    const jar = this.jars.get(origin) ?? new Map<string, SetCookie>();
    this.jars.set(origin, jar);
    return jar;
  }
}

function keep(jar: Map<string, SetCookie>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  const isGone = attributes.some(
    (each) => /^expires=thu, 01 jan 1970/i.test(each) || /^max-age=0$/i.test(each),
  );
  if (isGone) jar.delete(name);
  else jar.set(name, { value, attributes: attributes.map((each) => each.toLowerCase()) });
}
