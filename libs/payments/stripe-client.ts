import Stripe from 'stripe';

/** A later SDK brings a later version of the API, and stops the compiler here until its changes were read. */
const API_VERSION = '2026-10-28.endive';

export interface StripeOptions {
  readonly secretKey: string;
  readonly apiUrl: string;
  /** For a whole call, in milliseconds. */
  readonly timeout: number;
}

export function stripeClient({ secretKey, apiUrl, timeout }: StripeOptions): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  const isSecure = protocol === 'https:';
  return new Stripe(secretKey, {
    apiVersion: API_VERSION,
    protocol: isSecure ? 'https' : 'http',
    host: hostname,
    port: port || (isSecure ? 443 : 80),
    timeout,
    // Temporal retries, after the journal has been asked. The SDK's other client would still repeat a call
    // once when a connection breaks, and its time-out begins anew with every byte.
    maxNetworkRetries: 0,
    httpClient: Stripe.createFetchHttpClient(),
    telemetry: false,
  });
}
