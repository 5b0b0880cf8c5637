import Stripe from 'stripe';
import { z } from 'zod';

import { providerFetch } from '#libs/providers/provider-fetch';
import { type CallLimit, UNLIMITED } from '#libs/providers/provider-limits';
import { retryAfterOf } from '#libs/providers/provider-trouble';

/** A later SDK brings a later version of the API, and stops the compiler here until its changes were read. */
const API_VERSION = '2026-10-28.endive';

export interface StripeOptions {
  readonly secretKey: string;
  readonly apiUrl: string;
  /** For a whole request, in milliseconds; not for its wait until the limit admits it. */
  readonly timeout: number;
  /** Left out, there is none. */
  readonly limit?: CallLimit;
}

/** Longer than a request may wait for the limit. Milliseconds. */
const WITH_WAIT = 3_600_000;

export function stripeClient({ secretKey, apiUrl, timeout, limit = UNLIMITED }: StripeOptions): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  const isSecure = protocol === 'https:';
  return new Stripe(secretKey, {
    apiVersion: API_VERSION,
    protocol: isSecure ? 'https' : 'http',
    host: hostname,
    port: port || (isSecure ? 443 : 80),
    // Of the SDK's request, which begins with the wait; the fetch below has its own.
    timeout: WITH_WAIT,
    // Temporal retries, after a lookup in the journal. The SDK's other client would still repeat a call
    // once when a connection breaks, and its time-out begins anew with every byte.
    maxNetworkRetries: 0,
    httpClient: Stripe.createFetchHttpClient(async (resource: string | URL | Request, init?: RequestInit) => {
      await limit.admit();
      return stripeFetch(resource, { ...init, signal: AbortSignal.timeout(timeout) });
    }),
    telemetry: false,
  });
}

const StripeProblem = z.object({ error: z.looseObject({}) });

/** A failure in another form than Stripe's: it comes from a proxy between us and Stripe. */
export class ForeignAnswer extends Error {
  constructor(
    readonly status: number,
    /** Its `Retry-After`, in milliseconds. */
    readonly retryAfter: number | undefined,
  ) {
    super(`not Stripe, but something on the way, answered ${status}`);
  }
}

/** The SDK accepts any JSON without `error` as the requested object, whatever its status. */
async function stripeFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await providerFetch(url, init);
  if (response.ok) return response;
  const text = await response.text();
  if (!StripeProblem.safeParse(parsed(text)).success)
    throw new ForeignAnswer(response.status, retryAfterOf(response.headers.get('retry-after'), Date.now()));
  return new Response(text, response);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
