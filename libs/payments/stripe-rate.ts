/**
 * The requests a second that Stripe takes from an account, by what it publishes (docs.stripe.com/rate-limits): more with
 * a live key. 0, no limit, for any other server with Stripe's API.
 */
export function publishedRate({ secretKey, apiUrl }: { secretKey: string; apiUrl: string }): number {
  if (new URL(apiUrl).hostname !== 'api.stripe.com') return 0;
  return /^(sk|rk)_live_/.test(secretKey) ? 100 : 25;
}
