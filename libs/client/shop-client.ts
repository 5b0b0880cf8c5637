import createClient from 'openapi-fetch';

import type { paths, Problem } from './openapi.js';

export interface ShopClientOptions {
  /** Where the API is, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** An API key. */
  readonly key: string;
}

/**
 * The API as openapi.json describes it: paths, parameters, bodies and answers are typed, and nothing is sent that the
 * caller did not write. https://openapi-ts.dev/openapi-fetch
 */
export function createShopClient({ url, key }: ShopClientOptions) {
  return createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });
}
export type ShopClient = ReturnType<typeof createShopClient>;

/** The API refused the request. Branch on `problem.code`; `problem.detail` is for people. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly problem: Problem,
    /** Seconds after which to retry, where the API sent `Retry-After`. */
    readonly retryAfter: number | undefined,
  ) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
}

/** A proxy or load balancer answered instead of the API. */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer';

  constructor(readonly status: number) {
    super(`${status} without problem details: it is not the API that answered`);
  }
}

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * What the API answered.
 *
 * @throws Refused when it is a problem
 * @throws ForeignAnswer when it is not the API's
 */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok && data !== undefined) return data;
  if (!isProblem(error)) throw new ForeignAnswer(response.status);
  throw new Refused(error, secondsOf(response.headers.get('retry-after')));
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;

const secondsOf = (header: string | null) =>
  header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
